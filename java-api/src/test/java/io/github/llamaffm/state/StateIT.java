package io.github.llamaffm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.KvType;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.RopeScaling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import io.github.llamaffm.internal.state.StateHeader;
import io.github.llamaffm.internal.state.StateReader;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import io.github.llamaffm.internal.state.StateWriter;
import io.github.llamaffm.misuse.SaveToFullDisk;
import io.github.llamaffm.modeljar.ModelJar;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is saved goes on to the same bits, in every kind of memory, and nothing else is taken for it. */
class StateIT {

    private static final int[] NEXT = {3, 1, 4, 1, 5};

    @TempDir
    static Path folder;

    private static final Map<String, Model> MODELS = new HashMap<>();

    @BeforeAll
    static void load() {
        for (Path file : RandomModels.make("^gemma3$|^mamba$|^jamba$|^falcon-h1$", folder)) {
            MODELS.put(file.getFileName().toString().replaceAll("-(dense|moe)\\.gguf", ""), Model.load(file));
        }
        MODELS.put("smollm2", Model.load(TestFiles.model()));
        MODELS.put("tiny", Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf"))));
        MODELS.put("other", Model.load(TinyModel.llama().seed(2).writeTo(folder.resolve("other.gguf"))));
        MODELS.put("overridden", Model.load(folder.resolve("tiny.gguf"), ModelOptions.builder()
                .metadataOverride("llama.expert_weights_scale", MetadataValue.of(2.5f)).build()));
        MODELS.put("deep", Model.load(TinyModel.llama().layers(3).writeTo(folder.resolve("deep.gguf"))));
    }

    @AfterAll
    static void unload() {
        MODELS.values().forEach(Model::close);
        MODELS.clear();
    }

    /** Each a model, options and a prompt length. */
    enum Memory {
        ATTENTION("smollm2", 20, options -> options),
        VALUES_TRANSPOSED("smollm2", 20, options -> options.flashAttention(FlashAttention.OFF)),
        QUANTISED("smollm2", 20,
                options -> options.flashAttention(FlashAttention.ON).keyType(KvType.Q8_0).valueType(KvType.Q4_0)),
        UNIFIED("smollm2", 20, options -> options.maxSequences(3)),
        STREAMS("smollm2", 20, options -> options.maxSequences(3).unifiedCache(false)),
        MANY_PIECES("smollm2", 150, options -> options),
        TINY("tiny", 900, options -> options.contextSize(1024).keyType(KvType.F32).valueType(KvType.F32)),
        SLIDING_WINDOW("gemma3", 200, options -> options.maxSequences(2)),
        FULL_SLIDING_WINDOW("gemma3", 200, options -> options.maxSequences(2).fullSlidingWindow(true)),
        RECURRENT("mamba", 60, options -> options.maxSequences(2)),
        RECURRENT_WITH_ROLLBACK("mamba", 60, options -> options.maxSequences(2).recurrentRollback(4)),
        HYBRID("jamba", 60, options -> options.maxSequences(2)),
        HYBRID_STREAMS("falcon-h1", 60, options -> options.maxSequences(2).unifiedCache(false));

        final String model;
        final int promptLength;
        final ContextOptions options;

        Memory(String model, int promptLength, UnaryOperator<ContextOptions.Builder> options) {
            this.model = model;
            this.promptLength = promptLength;
            this.options = options.apply(ContextOptions.builder().contextSize(512).ubatchSize(64).threads(1)).build();
        }

        Context open() {
            return MODELS.get(model).newContext(options);
        }

        int[] prompt() {
            return IntStream.range(0, promptLength).map(i -> 3 + i * 37 % 100).toArray();
        }
    }

    @ParameterizedTest
    @EnumSource
    void continuesToTheSameBits(Memory memory) {
        float[][] expected;
        byte[] state;
        Path file = folder.resolve(memory + ".state");
        try (Context context = memory.open(); Sequence sequence = context.newSequence()) {
            sequence.append(memory.prompt());
            state = sequence.save();
            assertThat(state.length > 2 << 20).as("%d bytes", state.length).isEqualTo(memory == Memory.MANY_PIECES);
            sequence.save(file);
            expected = Rows.of(sequence, NEXT);

            sequence.restore(state);
            assertThat(Rows.of(sequence, NEXT)).as("the same sequence").isDeepEqualTo(expected);
        }
        assertThat(file).hasBinaryContent(state);
        try (Context context = memory.open()) {
            // In the last sequence that there is.
            Sequence sequence = Stream.generate(context::newSequence).limit(context.maxSequences()).toList().getLast();
            sequence.append(7, 8, 9);
            sequence.restore(file);

            assertThat(sequence.tokens()).isEqualTo(memory.prompt());
            assertThat(sequence.nextPosition()).isEqualTo(memory.promptLength);
            assertThat(Rows.of(sequence, NEXT)).as("another context").isDeepEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UNIFIED", "STREAMS", "SLIDING_WINDOW", "RECURRENT", "RECURRENT_WITH_ROLLBACK", "HYBRID", "HYBRID_STREAMS"})
    void aContextContinuesWithAllItsSequences(Memory memory) {
        float[][] first;
        float[][] second;
        byte[] state;
        int[] secondTokens;
        try (Context context = memory.open()) {
            Sequence one = context.newSequence();
            one.append(memory.prompt());
            Sequence two = one.fork();
            two.append(11, 12, 13);
            secondTokens = two.tokens();
            state = context.saveState();
            context.saveState(folder.resolve("all.state"));
            first = Rows.of(one, NEXT);
            second = Rows.of(two, NEXT);
        }
        assertThat(folder.resolve("all.state")).hasBinaryContent(state);
        try (Context context = memory.open()) {
            List<Sequence> sequences = context.loadState(folder.resolve("all.state"));

            assertThat(sequences).hasSize(2);
            assertThat(sequences.get(0).tokens()).isEqualTo(memory.prompt());
            assertThat(sequences.get(1).tokens()).isEqualTo(secondTokens);
            assertThat(Rows.of(sequences.get(0), NEXT)).as("first").isDeepEqualTo(first);
            assertThat(Rows.of(sequences.get(1), NEXT)).as("second").isDeepEqualTo(second);
            assertThatIllegalStateException().isThrownBy(() -> context.loadState(state)).withMessageContaining("2 are leased");
        }
    }

    /** A state without cells takes the place of what is there too. */
    @ParameterizedTest
    @EnumSource(names = {"UNIFIED", "STREAMS", "SLIDING_WINDOW", "RECURRENT", "HYBRID"})
    void nothingReplacesEverything(Memory memory) {
        try (Context context = memory.open(); Sequence empty = context.newSequence(); Sequence sequence = context.newSequence()) {
            byte[] nothing = empty.save();
            float[][] expected = Rows.of(sequence, NEXT);
            sequence.append(memory.prompt());

            sequence.restore(nothing);

            assertThat(sequence.length()).isZero();
            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(expected);
        }
    }

    @Test
    void theLastTokenOfAGenerationIsKept() {
        Memory memory = Memory.ATTENTION;
        GenerateOptions greedy = GenerateOptions.builder().maxTokens(6).sampler(SamplerOptions.greedy()).build();
        try (Context context = memory.open(); Sequence sequence = context.newSequence()) {
            sequence.generate(memory.prompt(), greedy).result();
            byte[] state = sequence.save();
            int[] expected = sequence.generate(new int[0], greedy).result().tokens();
            try (Context another = memory.open(); Sequence restored = another.newSequence()) {
                restored.restore(state);

                assertThat(restored.generate(new int[0], greedy).result().tokens()).isEqualTo(expected);
            }
        }
    }

    /** A restored cache has no gaps: the same cells lie elsewhere, and are summed up in another order. */
    @Test
    void gapsOfTheHistoryAreKept() {
        try (Context context = MODELS.get("tiny").newContext(builder().flashAttention(FlashAttention.OFF).build());
                Sequence sequence = context.newSequence()) {
            sequence.append(Memory.ATTENTION.prompt());
            sequence.discard(5, 10);
            sequence.remove(7, 9);
            byte[] state = sequence.save();
            int[] tokens = sequence.tokens();
            int next = sequence.nextPosition();
            float[][] expected = Rows.of(sequence, NEXT);
            sequence.clear();
            sequence.restore(state);

            assertThat(sequence.tokens()).isEqualTo(tokens);
            assertThat(sequence.nextPosition()).isEqualTo(next).isEqualTo(tokens.length + 2);
            assertThat(sequence.save()).isEqualTo(state);
            float[][] actual = Rows.of(sequence, NEXT);
            for (int i = 0; i < NEXT.length; i++) {
                assertThat(actual[i]).containsExactly(expected[i], offset(1e-4f));
            }
        }
    }

    @Test
    void embeddingsAsInputAreKeptWhereTheyWere() {
        try (Context context = Memory.TINY.open(); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            sequence.append(1, 2, 3);
            float[] embedding = new float[context.model().info().embeddingSize()];
            Arrays.fill(embedding, 0.25f);
            batch.add(sequence, embedding, false);
            context.decode(batch);
            byte[] state = sequence.save();
            float[][] expected = Rows.of(sequence, NEXT);
            sequence.restore(state);

            assertThat(sequence.length()).isEqualTo(4);
            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(expected);
        }
    }

    @Test
    void whatKeepsNothingHasNoState() {
        try (Model bert = Model.load(TinyModel.bert().writeTo(folder.resolve("bert.gguf")));
                Context context = bert.newContext(ContextOptions.builder().contextSize(128).build());
                Sequence sequence = context.newSequence()) {
            assertThatExceptionOfType(StateException.class).isThrownBy(sequence::save)
                    .withMessageContaining("keeps nothing of its tokens");
        }
        try (Model t5 = Model.load(TinyModel.t5().writeTo(folder.resolve("t5.gguf")));
                Context context = t5.newContext(ContextOptions.builder().contextSize(128).build())) {
            assertThatExceptionOfType(StateException.class).isThrownBy(context::saveState)
                    .withMessageContaining("has an encoder");
        }
    }

    @Test
    void refusesWhatIsForeignAndSaysWhy() {
        byte[] state = saved(Memory.TINY.options, "tiny");
        Map<String, String> reasons = new LinkedHashMap<>();
        ContextOptions same = Memory.TINY.options;
        reasons.put("model file", refusal(state, "other", same));
        reasons.put("layers", refusal(state, "deep", same));
        reasons.put("metadata overrides", refusal(state, "overridden", same));
        reasons.put("architecture", refusal(state, "mamba", same));
        reasons.put("cache types", refusal(state, "tiny", builder().keyType(KvType.F16).build()));
        reasons.put("flash attention", refusal(state, "tiny", builder().flashAttention(FlashAttention.OFF).build()));
        reasons.put("streams", refusal(state, "tiny", builder().maxSequences(2).unifiedCache(false).build()));
        reasons.put("rope base", refusal(state, "tiny", builder()
                .ropeScaling(RopeScaling.builder().frequencyBase(5000).build()).build()));
        reasons.put("rope scale", refusal(state, "tiny", builder()
                .ropeScaling(RopeScaling.builder().type(RopeScaling.Type.LINEAR).frequencyScale(0.5).build()).build()));

        assertThat(reasons).allSatisfy((part, message) ->
                assertThat(message).startsWith("the state was saved from another model or with other options (")
                        .containsPattern(part + ": .+ there, .+ here"));
        assertThat(reasons.get("layers")).contains("layers: 2 2 there, 3 3 here");
        assertThat(reasons.get("cache types")).contains("(cache types: F32 F32 there, F16 F32 here)");
        // Equal tables of equal sizes: only the weights differ.
        assertThat(reasons.get("model file")).containsPattern("\\(model file: (\\d+) bytes in 1 file, samples \\w+ there, \\1 bytes in");
    }

    @Test
    void aRefusedStateLeavesTheSequenceAsItWas() throws IOException {
        Memory memory = Memory.TINY;
        byte[] state = saved(memory.options, "tiny");
        float[][] expected;
        try (Context context = memory.open(); Sequence sequence = context.newSequence()) {
            sequence.append(memory.prompt());
            expected = Rows.of(sequence, NEXT);
        }
        try (Context context = memory.open(); Sequence sequence = context.newSequence()) {
            sequence.append(memory.prompt());
            for (int i = 0; i < 40; i++) {
                byte[] damaged = state.clone();
                damaged[(int) ((long) i * state.length / 40)] ^= (byte) (1 << i % 8);
                assertThatExceptionOfType(StateException.class).as("round %d", i).isThrownBy(() -> sequence.restore(damaged));
            }
            Path part = Files.write(folder.resolve("part.state"), Arrays.copyOf(state, state.length / 2));
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(part))
                    .withMessage("%s is truncated: it has %d bytes and was written with %d", part, state.length / 2, state.length);
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(folder.resolve("none")))
                    .withMessageEndingWith("none does not exist");
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(folder))
                    .withMessageEndingWith("is a directory");
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> context.loadState(state))
                    .withMessageContaining("Sequence.restore");
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(context.saveState()))
                    .withMessageContaining("Context.loadState");

            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(expected);
        }
    }

    /** Nobody but us writes a right checksum over other bytes; llama.cpp's own refusal must still lose nothing. */
    @Test
    void whatLlamaCppRefusesIsComputedAgain() throws IOException {
        Memory memory = Memory.ATTENTION;
        try (Context context = memory.open(); Sequence sequence = context.newSequence()) {
            sequence.append(memory.prompt());
            byte[] state = sequence.save();
            float[][] expected = Rows.of(sequence, NEXT);
            sequence.restore(state);

            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(withOtherPayload(state)))
                    .withMessageContaining("n_stream mismatch");

            assertThat(sequence.tokens()).isEqualTo(memory.prompt());
            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(expected);
            assertThat(context.isPoisoned()).isFalse();
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        byte[] state = saved(Memory.TINY.options, "tiny");
        try (Context context = MODELS.get("tiny").newContext(builder().contextSize(512).build());
                Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3);
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(state))
                    .withMessageContaining("with 900 tokens in the cache, this context has room for 512");
            assertThat(sequence.tokens()).containsExactly(1, 2, 3);
        }
        try (Context context = MODELS.get("tiny").newContext(builder().maxSequences(2).build())) {
            Sequence other = context.newSequence();
            other.append(IntStream.range(0, 200).map(i -> 5).toArray());
            Sequence sequence = context.newSequence();
            sequence.append(1, 2, 3);
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> sequence.restore(state))
                    .withMessageStartingWith("900 tokens do not fit, 824 of 1024 cells free");
            assertThat(sequence.tokens()).containsExactly(1, 2, 3);
            other.close();
            sequence.restore(state);
            assertThat(sequence.length()).isEqualTo(900);
        }
    }

    @Test
    void writesNothingWhereItCannot() throws IOException {
        try (Context context = Memory.TINY.open(); Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3);
            Path missing = folder.resolve("no-such-folder").resolve("a.state");
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.save(missing))
                    .withMessageMatching("cannot write \\d+ bytes to .*a\\.state: .*");
            assertThat(missing.getParent()).doesNotExist();
        }
    }

    /** 64 blocks of 512 or 1,024 bytes: more than three tokens need, less than nine hundred. */
    @Test
    void aFullDiskLeavesWhatWasSavedBefore() throws IOException {
        ChildJvm.of(SaveToFullDisk.class).through("sh", "-c", "ulimit -f 64; exec \"$0\" \"$@\"")
                .options("-XX:-UsePerfData")
                .arguments(folder.resolve("tiny.gguf"), Files.createDirectory(folder.resolve("full"))).run().assertSilent();
    }

    /** The same model, in one file, in several, and inside a jar: equal bytes, or equal tensors, and other bytes. */
    @Test
    void whereTheModelLiesDoesNotMatterButItsFilesDo() throws Exception {
        ContextOptions options = Memory.TINY.options;
        byte[] state = saved(options, "tiny");
        Path jar = folder.resolve("model.jar");
        ModelJar.builder(folder.resolve("tiny.gguf"), "tiny").build().writeTo(jar);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                Model model = Model.load(ModelSource.resource(ModelJar.FOLDER + "tiny.gguf", loader));
                Context context = model.newContext(options); Sequence sequence = context.newSequence()) {
            sequence.restore(state);
            assertThat(sequence.tokens()).isEqualTo(Memory.TINY.prompt());
            assertThat(sequence.save()).isEqualTo(state);
        }
        byte[] ofSplits;
        try (Model model = Model.load(split("tiny")); Context context = model.newContext(options);
                Sequence sequence = context.newSequence()) {
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(state))
                    .withMessageContaining("(model file: ").withMessageMatching("(?s).*1 file,.* there, .* [2-9] files,.* here\\)");
            sequence.append(1, 2, 3);
            ofSplits = sequence.save();
            sequence.restore(ofSplits);
        }
        // Under names that say nothing.
        List<Path> renamed = new ArrayList<>();
        for (Path part : parts(split("tiny"))) {
            renamed.add(Files.move(part, part.resolveSibling("renamed" + renamed.size())));
        }
        try (Model model = Model.load(ModelSource.splits(renamed)); Context context = model.newContext(options);
                Sequence sequence = context.newSequence()) {
            sequence.restore(ofSplits);
            assertThat(sequence.tokens()).containsExactly(1, 2, 3);
        }
        // Other weights, in the last file only.
        Path other = split("other");
        Path first = split("tiny");
        Path last = parts(first).getLast();
        Files.copy(parts(other).getLast(), last, StandardCopyOption.REPLACE_EXISTING);
        try (Model model = Model.load(first); Context context = model.newContext(options);
                Sequence sequence = context.newSequence()) {
            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.restore(ofSplits))
                    .withMessageContaining("(model file: ");
        }
    }

    private static Path split(String model) throws IOException {
        Path target = Files.createTempDirectory(folder, model);
        Peer.run("llama-gguf-split", "--split", "--split-max-tensors", "8", folder.resolve(model + ".gguf"), target.resolve("part"));
        return parts(target.resolve("any")).getFirst();
    }

    private static List<Path> parts(Path one) throws IOException {
        try (Stream<Path> files = Files.list(one.getParent())) {
            return files.sorted().toList();
        }
    }

    @Test
    void aModelFileThatChangedIsSeen() throws IOException {
        Path file = TinyModel.llama().seed(3).writeTo(folder.resolve("changing.gguf"));
        try (Model model = Model.load(file); Context context = model.newContext(builder().build());
                Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3);
            Path other = TinyModel.llama().seed(4).writeTo(folder.resolve("replacing.gguf"));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

            assertThatExceptionOfType(StateException.class).isThrownBy(sequence::save)
                    .withMessageContaining("changed since it was loaded");
        }
    }

    private static ContextOptions.Builder builder() {
        return ContextOptions.builder().contextSize(1024).ubatchSize(64).threads(1)
                .keyType(KvType.F32).valueType(KvType.F32);
    }

    private static byte[] saved(ContextOptions options, String model) {
        try (Context context = MODELS.get(model).newContext(options); Sequence sequence = context.newSequence()) {
            sequence.append(Memory.TINY.prompt());
            return sequence.save();
        }
    }

    private static String refusal(byte[] state, String model, ContextOptions options) {
        try (Context context = MODELS.get(model).newContext(options); Sequence sequence = context.newSequence()) {
            return assertThatExceptionOfType(StateException.class).as(model)
                    .isThrownBy(() -> sequence.restore(state)).actual().getMessage();
        }
    }

    private static byte[] withOtherPayload(byte[] state) throws IOException {
        StateReader reader = StateReader.open(StateSource.array(state));
        StateHeader header = reader.header();
        ByteBuffer payload = ByteBuffer.allocate((int) header.payloadLength());
        reader.payload(payload);
        payload.put(0, (byte) 5).flip();
        byte[] other = new byte[state.length];
        StateWriter writer = new StateWriter(StateSink.array(other), header);
        writer.begin();
        writer.payload(payload);
        writer.end();
        return other;
    }
}
