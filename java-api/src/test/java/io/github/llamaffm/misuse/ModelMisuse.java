package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.RpcException;
import io.github.llamaffm.SplitMode;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Loads what is no model, and models with options that cannot be. */
final class ModelMisuse implements MisuseGroup {

    private static final int GGUF_VERSION = 3;
    private static final Device MADE_UP = new Device("CUDA7", "none", "", Device.Type.GPU, "CUDA", 1, 1);

    @Override
    public String title() {
        return "Models";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A file that is missing", "NULL", ModelLoadException.class, scene -> load(scene.folder().resolve("missing.gguf"))),
                refused("A missing file with a line feed in its name", "NULL", ModelLoadException.class,
                        scene -> load(scene.folder().resolve("no\nfolder/missing.gguf"))),
                refused("A folder", "NULL", ModelLoadException.class, scene -> load(scene.folder())),
                refused("A path that is null", "exception llama.cpp:75", NullPointerException.class, _ -> load(null)),
                refused("An empty file", "NULL", ModelLoadException.class, scene -> load(scene.write("empty.gguf", new byte[0]))),
                refused("A text", "NULL", ModelLoadException.class,
                        scene -> load(scene.write("text.gguf", "GGUF is a file format; this is a text about it.\n".repeat(1000).getBytes()))),
                refused("A zip", "NULL", ModelLoadException.class,
                        scene -> load(scene.write("zip.gguf", new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0}))),
                refused("GGUF of version 2,000,000,000", "NULL", ModelLoadException.class, scene -> load(version(scene, 2_000_000_000))),
                works("GGUF of versions 0, 1 and of the other byte order", "NULL", scene -> {
                    for (int version : new int[] {0, 1, Integer.reverseBytes(GGUF_VERSION)}) {
                        requireRefused(version(scene, version));
                    }
                    return "each is a `ModelLoadException`";
                }),
                works("A model cut at 14 lengths, from its last byte to its first", "NULL", ModelMisuse::truncated),
                works("60 files of random bytes, with good headers and without", "NULL", ModelMisuse::randomBytes),
                refused("Two tokens with the same text", "abort llama-vocab.cpp:2539", ModelLoadException.class, scene ->
                        load(TinyModel.llama().metadata("tokenizer.ggml.tokens", GgufValue.of(IntStream.range(0, 512)
                                .mapToObj(i -> i == 300 ? "t299" : "t" + i).toList())).writeTo(scene.folder().resolve("twice.gguf")))),
                refused("More experts used than there are", "abort llama-model.cpp:1294", ModelLoadException.class, scene ->
                        load(TinyModel.mixtral().metadata("llama.expert_used_count", GgufValue.of(999)).writeTo(scene.folder().resolve("experts.gguf")))),
                works("A chat template of 8 MiB, 100,000 loops inside each other in another, and texts of 1 MiB in the metadata", "loads",
                        ModelMisuse::hugeMetadata),
                refused("A progress callback that says stop: a load that is cancelled", "NULL", CancelledException.class, scene -> {
                    Cancellation cancellation = Cancellation.create();
                    load(scene, options -> options.progress(_ -> cancellation.cancel()).cancellation(cancellation));
                }),
                refused("A resource that is missing", "-", ModelLoadException.class,
                        _ -> Model.load(ModelSource.resource("META-INF/llama-ffm/models/none.gguf"))),
                refused("A resource without a name", "-", ModelLoadException.class, _ -> Model.load(ModelSource.resource(""))),
                refused("No splits", "-", IllegalArgumentException.class, _ -> Model.load(ModelSource.splits(List.of()))),
                refused("The same file as two splits", "not tried", ModelLoadException.class, scene -> {
                    Path file = scene.file(TinyModel.llama());
                    Model.load(ModelSource.splits(List.of(file, file)));
                }),
                refused("A device that is not there", "not tried", ModelLoadException.class, scene -> load(scene, options -> options.devices(MADE_UP))),
                refused("A pattern that is no regular expression", "not tried", ModelLoadException.class,
                        scene -> load(scene, options -> options.tensorPlacement("blk(", LlamaRuntime.instance().devices().getFirst()))),
                refused("A pattern with half a character", "-", IllegalArgumentException.class,
                        scene -> load(scene, options -> options.tensorPlacement("\ud800", LlamaRuntime.instance().devices().getFirst()))),
                refused("Weights on a device that is not there", "not tried", ModelLoadException.class,
                        scene -> load(scene, options -> options.tensorPlacement("blk", MADE_UP))),
                refused("Tensors split over no device", "NULL", ModelLoadException.class, scene -> load(scene, options -> options.splitMode(SplitMode.TENSOR))),
                refused("`mainGpu` -2", "-", IllegalArgumentException.class, scene -> load(scene, options -> options.mainGpu(-2))),
                refused("`gpuLayers` -1", "all layers", IllegalArgumentException.class, scene -> load(scene, options -> options.gpuLayers(-1))),
                refused("Shares that are no numbers", "not tried", IllegalArgumentException.class,
                        scene -> load(scene, options -> options.tensorSplit(Float.NaN))),
                refused("A metadata key with half a character", "-", IllegalArgumentException.class,
                        scene -> load(scene, options -> options.metadataOverride("\ud800", MetadataValue.of(1)))),
                refused("A metadata text of 128 bytes", "not tried", IllegalArgumentException.class, _ -> MetadataValue.of("x".repeat(128))),
                refused("No heads, by an override", "NULL", ModelLoadException.class,
                        scene -> load(scene, options -> options.metadataOverride("llama.attention.head_count", MetadataValue.of(0)))),
                works("The metadata of keys that are not there, with U+0000, half a character, 1 MiB", "reads up to U+0000", scene -> {
                    for (String key : new String[] {"", "none", "general.name\0x", "\ud800", "x".repeat(1 << 20)}) {
                        assertThat(scene.llama().info().metadata(key)).isEmpty();
                    }
                    return "none has a value";
                }),
                refused("A plan of a model that is missing", "NULL", ModelLoadException.class, scene -> MemoryPlan.of(
                        ModelSource.path(scene.folder().resolve("missing.gguf")), ModelOptions.defaults(), ContextOptions.defaults())),
                refused("A plan of a vocabulary", "not tried", IllegalArgumentException.class, scene -> MemoryPlan.of(
                        ModelSource.path(scene.file(TinyModel.llama())), ModelOptions.builder().vocabularyOnly(true).build(), ContextOptions.defaults())),
                refused("An RPC server that is not there", "abort ggml-rpc.cpp", RpcException.class,
                        _ -> LlamaRuntime.instance().addRpcServer("127.0.0.1:1")),
                refused("An RPC server with U+0000 in its name", "reads up to it", IllegalArgumentException.class,
                        _ -> LlamaRuntime.instance().addRpcServer("x\0y:1")),
                refused("An RPC server on port 99999", "not tried", IllegalArgumentException.class,
                        _ -> LlamaRuntime.instance().addRpcServer("x:99999")),
                absent("`llama_load_mode_from_str(\"x\")`", "exception", "`LoadMode` is an enum", _ -> PublicApi.hasNo("loadModeFrom.*|fromString|fromName")),
                absent("A model saved to a place that cannot be written, or without weights", "silence, or abort",
                        "no method writes a model", _ -> PublicApi.hasNo("saveModel|write|writeTo|export.*")),
                absent("Quantisation of a missing file, to a bad type, without parameters", "1, or signal",
                        "no method quantises", _ -> PublicApi.hasNo(".*[qQ]uanti[sz]e.*")),
                absent("Training with sizes that do not divide", "abort llama-context.cpp:3487", "no method trains",
                        _ -> PublicApi.hasNo(".*([tT]rain|[oO]ptimi[sz]e|epoch).*(?<!trainedContextSize)")),
                absent("A device or backend by an index that is not there; a backend library that is missing", "abort; NULL",
                        "`LlamaRuntime.devices()` is a list, and libraries are loaded by the library",
                        _ -> PublicApi.takes(LlamaRuntime.class, "devices", List.of())));
    }

    private static void load(Path file) {
        Model.load(file).close();
    }

    private static void load(Scene scene, UnaryOperator<ModelOptions.Builder> change) {
        Model.load(scene.file(TinyModel.llama()), change.apply(ModelOptions.builder()).build()).close();
    }

    private static void requireRefused(Path file) {
        try {
            load(file);
        } catch (ModelLoadException e) {
            assertThat(e).hasMessageContaining(file.getFileName().toString());
            return;
        }
        throw new AssertionError(file + " was loaded");
    }

    private static Path version(Scene scene, int version) throws IOException {
        byte[] bytes = Files.readAllBytes(scene.file(TinyModel.llama()));
        return scene.write("version.gguf", ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, version).array());
    }

    private static String truncated(Scene scene) throws IOException {
        byte[] bytes = Files.readAllBytes(scene.file(TinyModel.llama()));
        // The last tensor, the data, the metadata, the header.
        for (int length : new int[] {bytes.length - 1, bytes.length - 4096, bytes.length / 2, 20_000, 10_000, 5000, 1000, 33, 24, 23, 8, 7, 4, 1}) {
            requireRefused(scene.write("truncated.gguf", Arrays.copyOf(bytes, length)));
        }
        return "each is a `ModelLoadException`";
    }

    private static String randomBytes(Scene scene) {
        for (int seed = 1; seed <= 20; seed++) {
            var bytes = new byte[100_000];
            new Random(seed).nextBytes(bytes);
            requireRefused(scene.write("random.gguf", bytes));
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {'G', 'G', 'U', 'F'}).putInt(GGUF_VERSION);
            requireRefused(scene.write("random-header.gguf", bytes));
            // Small counts, so that the reader gets to the keys.
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(8, seed).putLong(16, seed);
            requireRefused(scene.write("random-keys.gguf", bytes));
        }
        return "each is a `ModelLoadException`";
    }

    private static String hugeMetadata(Scene scene) throws Exception {
        String template = "{{ message }}".repeat((8 << 20) / 13);
        String nested = "{% for a in b %}".repeat(100_000) + "{% endfor %}".repeat(100_000);
        Path file = TinyModel.llama()
                .metadata("tokenizer.chat_template", GgufValue.of(template))
                .metadata("tokenizer.chat_template.nested", GgufValue.of(nested))
                .metadata("general.name", GgufValue.of("[".repeat(1 << 20)))
                .metadata("general.tags", GgufValue.of(List.of("漢".repeat(300_000), "")))
                .writeTo(scene.folder().resolve("metadata.gguf"));
        return OnThread.small(() -> {
            try (Model model = Model.load(file)) {
                assertThat(model.info().metadata("tokenizer.chat_template")).contains(template);
                assertThat(model.info().metadata("tokenizer.chat_template.nested")).contains(nested);
                assertThat(model.info().metadata()).hasSizeGreaterThan(10);
                scene.inContext(model, builder -> builder, context -> generate(context));
            }
            return "loads, and generates";
        });
    }

    private static void generate(Context context) {
        assertThat(context.generate("Hello", Scene.ONE).result().tokens()).hasSize(1);
    }
}
