package io.github.llamaffm.fuzz;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelInfo;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.RerankerOptions;
import io.github.llamaffm.SplitMode;
import io.github.llamaffm.TensorPlacement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Loads, asks, closes and shuts down models. */
final class Models {

    private Models() {}

    /** The one that survives, or any other. */
    static Model any(Player p) {
        if (p.chance(25)) {
            p.note("reference");
            return p.run().reference();
        }
        return p.pickOrMake(Kind.MODEL, null, () -> load(p, ModelSource.path(p.arg("path", p.run().inputs().model(p))), ModelOptions.defaults()));
    }

    static Model load(Player p, ModelSource source, ModelOptions options) {
        return p.keep(Kind.MODEL, Model.load(source, options), null);
    }

    @Operation(weight = 12)
    static void load(Player p) {
        Path path = p.arg("path", p.run().inputs().model(p));
        p.keep(Kind.MODEL, p.chance(50) ? Model.load(p.orNull(path)) : Model.load(ModelSource.path(p.orNull(path))), null);
    }

    @Operation(weight = 8)
    static void loadWithOptions(Player p) {
        Path path = p.arg("path", p.run().inputs().model(p));
        ModelOptions options = p.arg("options", options(p));
        p.keep(Kind.MODEL, p.chance(50) ? Model.load(path, p.orNull(options)) : Model.load(ModelSource.path(path), p.orNull(options)), null);
    }

    @Operation(weight = 1)
    static void loadSplits(Player p) {
        p.keep(Kind.MODEL, Model.load(ModelSource.splits(p.orNull(
                p.one(List.of(), List.of(p.run().inputs().model(p)), List.of(p.run().inputs().model(p), p.run().inputs().model(p)))))), null);
    }

    @Operation(weight = 1)
    static void loadResource(Player p) {
        String name = p.arg("name", p.one("no/such/model.gguf", "io/github/llamaffm/Model.class", "", "/"));
        p.keep(Kind.MODEL, Model.load(p.chance(50)
                ? ModelSource.resource(p.orNull(name))
                : ModelSource.resource(name, p.orNull(Models.class.getClassLoader()))), null);
    }

    @Operation(weight = 3)
    static void loadCancelled(Player p) {
        Cancellation cancellation = Cancellation.create();
        int after = p.arg("after", p.below(6));
        int way = p.arg("way", p.below(4));
        int[] calls = {0};
        ModelOptions options = ModelOptions.builder().cancellation(cancellation).progress(fraction -> {
            if (calls[0]++ == after) {
                switch (way) {
                    case 0 -> cancellation.cancel();
                    case 1 -> throw new Thrown("progress");
                    case 2 -> Thread.currentThread().interrupt();
                    default -> LlamaRuntime.instance().addRpcServer("127.0.0.1:1");
                }
            }
        }).loadMode(p.one(LoadMode.values())).build();
        load(p, ModelSource.path(p.run().inputs().model(p)), options);
    }

    static ModelOptions options(Player p) {
        ModelOptions.Builder builder = ModelOptions.builder();
        for (int i = p.below(4); i > 0; i--) {
            switch (p.below(22)) {
                case 0 -> builder.gpuLayers(p.number(0, 3));
                case 1 -> builder.vocabularyOnly(p.chance(70));
                case 2 -> builder.checkTensors(p.chance(50));
                case 3 -> builder.devices(p.orNull(List.<Device>of()));
                case 4 -> builder.devices(LlamaRuntime.instance().devices().toArray(Device[]::new));
                case 5 -> builder.splitMode(p.orNull(p.one(SplitMode.values())));
                case 6 -> builder.tensorSplit(p.real(0, 1), p.real(0, 1));
                case 7 -> builder.mainGpu(p.number(-1, 1));
                case 8, 9 -> builder.loadMode(p.one(LoadMode.values()));
                case 10 -> builder.metadataOverride(p.one("llama.context_length", "llama.block_count", "general.name", "", "tokenizer.ggml.bos_token_id"),
                        p.one(MetadataValue.of(p.number(0, 64)), MetadataValue.of("x"), MetadataValue.of(true), MetadataValue.of(0.5)));
                case 11 -> builder.metadataOverrides(Map.of("general.name", MetadataValue.of(p.text())));
                case 12 -> builder.tensorPlacement(p.one("ffn", ".*", "(", "blk\\.0"), LlamaRuntime.instance().devices().getLast());
                case 13 -> builder.tensorPlacements(List.of(new TensorPlacement("attn", LlamaRuntime.instance().devices().getLast())));
                case 14 -> builder.expertsOnCpu(true);
                case 15 -> builder.repack(p.chance(50));
                case 16 -> builder.maxHostMemory(p.one(0L, -1L, 1L << 20, 1L << 30, Long.MAX_VALUE));
                case 17 -> builder.maxDeviceMemory(p.one(0L, -1L, 1L << 30));
                case 18 -> builder.memoryReserve(p.one(0L, -1L, 1L << 20, Long.MAX_VALUE));
                case 19 -> builder.requireGpu();
                case 20 -> builder.requireGpu(p.number(-1, 3));
                default -> builder.cancellation(p.find(Kind.CANCELLATION, null).orElseGet(Cancellation::create));
            }
        }
        return p.chance(10) ? ModelOptions.defaults() : builder.build();
    }

    @Operation(weight = 3)
    static void info(Player p) {
        Model model = any(p);
        ModelInfo info = model.info();
        Values.readAll(info.architecture(), info.description(), info.sizeInBytes(), info.parameterCount(), info.trainedContextSize(),
                info.vocabularySize(), info.embeddingSize(), info.outputEmbeddingSize(), info.inputEmbeddingSize(),
                info.decoderStartToken(), info.layerCount(), info.hasEncoder(), info.hasDecoder(), info.memoryKind(),
                info.slidingWindow(), info.classLabels());
    }

    @Operation(weight = 2)
    static void metadata(Player p) {
        ModelInfo info = any(p).info();
        Values.readAll(info.metadata(), info.metadata(p.orNull(p.one("general.name", "", "no.such.key", "tokenizer.ggml.tokens", "a\0b"))));
    }

    @Operation(weight = 2)
    static void placement(Player p) {
        Values.readAll(any(p).placement());
    }

    @Operation(weight = 6)
    static void close(Player p) {
        Model model = p.pick(Kind.MODEL);
        model.close();
        Values.readAll(model.isClosed());
        p.closed(model);
    }

    /** Not of the reference, which survives. */
    @Operation(weight = 3)
    static void shutdown(Player p) {
        Model model = p.pick(Kind.MODEL);
        Duration timeout = p.arg("timeout", p.one(Duration.ZERO, Duration.ofMillis(1), Duration.ofSeconds(20), Duration.ofNanos(-1), Duration.ofDays(1)));
        model.shutdown(p.orNull(timeout));
        p.closed(model);
    }

    /** What is made from a model that may be closed meanwhile. */
    @Operation(weight = 3)
    static void closeMeanwhile(Player p) {
        Model model = p.pick(Kind.MODEL);
        if (p.chance(50)) {
            p.meanwhile(model::close);
        } else {
            p.meanwhile(() -> model.shutdown(Duration.ofSeconds(20)));
        }
        switch (p.arg("what", p.below(5))) {
            case 0 -> p.keep(Kind.CONTEXT, model.newContext(ContextOptions.builder().contextSize(64).threads(1).build()), model);
            case 1 -> p.keep(Kind.SAMPLER, model.newSampler(Samplers.options(p, model)), model);
            case 2 -> p.keep(Kind.LORA, model.loadAdapter(p.run().inputs().lora(p)), model);
            case 3 -> p.keep(Kind.EMBEDDER, model.newEmbedder(EmbedderOptions.defaults()), model);
            default -> p.keep(Kind.RERANKER, model.newReranker(RerankerOptions.defaults()), model);
        }
    }
}
