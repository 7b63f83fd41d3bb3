package io.github.llamaffm.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.AdapterException;
import io.github.llamaffm.AdapterMismatch;
import io.github.llamaffm.Adapters;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyControlVector;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters change what is computed, for as long as they are asked for, and for nobody else. */
class AdapterIT {

    private static final TinyModel TINY = TinyModel.llama();
    private static final int[] PROMPT = IntStream.range(0, 30).map(i -> 3 + i * 37 % 100).toArray();
    private static final int[] NEXT = {3, 1, 4};

    @TempDir
    static Path folder;

    private static Model model;
    private static LoraAdapter first;
    private static LoraAdapter second;
    private static ControlVector vector;
    private static float[][] plain;

    @BeforeAll
    static void load() {
        model = Model.load(TINY.writeTo(folder.resolve("model.gguf")));
        first = model.loadAdapter(TinyLora.of(TINY).writeTo(folder.resolve("first.gguf")));
        second = model.loadAdapter(TinyLora.of(TINY).seed(2).rank(2).writeTo(folder.resolve("second.gguf")));
        vector = ControlVector.load(TinyControlVector.of(TINY).writeTo(folder.resolve("vector.gguf")), model);
        plain = logits(Adapters.none());
    }

    @AfterAll
    static void unload() {
        first.close();
        second.close();
        model.close();
    }

    @Test
    void logitsChangeAndChangeBack() {
        try (Context context = open(AdapterMismatch.ERROR)) {
            float[][] half = logits(context, Adapters.of(first, 0.5f));
            float[][] whole = logits(context, Adapters.of(first, 1));
            float[][] other = logits(context, Adapters.of(second, 1));
            float[][] both = logits(context, Adapters.of(first, 1).and(second, 1));
            float[][] steered = logits(context, Adapters.of(vector, 1));
            float[][] all = logits(context, Adapters.of(first, 1).and(vector, 1));

            assertThat(IntStream.range(0, 7).mapToObj(i -> Arrays.deepToString(
                    new float[][][] {plain, half, whole, other, both, steered, all}[i]))).doesNotHaveDuplicates();
            assertThat(logits(context, Adapters.none())).as("without").isDeepEqualTo(plain);
            assertThat(logits(context, Adapters.of(first, 0).and(vector, 0))).as("of scale 0").isDeepEqualTo(plain);
            assertThat(logits(context, Adapters.of(first, 1))).as("again").isDeepEqualTo(whole);
            assertThat(logits(context, Adapters.of(vector, 1))).as("again").isDeepEqualTo(steered);
        }
    }

    @Test
    void controlVectorsAddUp() {
        float[][] once = {numbers(1)};
        float[][] sum = {numbers(3)};

        float[][] actual = logits(Adapters.of(ControlVector.of(once), 1).and(ControlVector.of(once), 2));
        assertThat(actual).isDeepEqualTo(logits(Adapters.of(ControlVector.of(sum), 1)));
        assertThat(Arrays.deepEquals(actual, plain)).isFalse();
    }

    /** A shorter vector must not leave the numbers of a longer one in the last layers. */
    @Test
    void aVectorReplacesTheOneBefore() {
        TinyModel deep = TinyModel.llama().layers(4);
        float[][] shorter = {numbers(1)};
        float[][] longer = {numbers(1), numbers(2), numbers(3)};
        try (Model deepModel = Model.load(deep.writeTo(folder.resolve("deep.gguf")));
                Context context = deepModel.newContext(options(AdapterMismatch.ERROR))) {
            float[][] expected = logits(context, Adapters.of(ControlVector.of(shorter), 1));
            logits(context, Adapters.of(ControlVector.of(longer), 1));

            assertThat(logits(context, Adapters.of(ControlVector.of(shorter), 1))).isDeepEqualTo(expected);
        }
    }

    @Test
    void anOptionOfOneRequest() {
        try (Context context = open(AdapterMismatch.ERROR)) {
            int[] without = tokens(context, GenerateOptions.builder());
            int[] with = tokens(context, GenerateOptions.builder().adapters(Adapters.of(first, 2)));

            assertThat(with).isNotEqualTo(without);
            assertThat(tokens(context, GenerateOptions.builder())).isEqualTo(without);
            context.adapters(Adapters.of(first, 2));
            assertThat(context.adapters()).isEqualTo(Adapters.of(first, 2));
            assertThat(tokens(context, GenerateOptions.builder())).isEqualTo(with);
            assertThat(tokens(context, GenerateOptions.builder().adapters(Adapters.none()))).isEqualTo(without);
        }
        ContextOptions options = ContextOptions.builder().contextSize(256).threads(1).adapters(Adapters.of(first, 2)).build();
        try (Context context = model.newContext(options); Context without = open(AdapterMismatch.ERROR)) {
            assertThat(tokens(context, GenerateOptions.builder()))
                    .isEqualTo(tokens(without, GenerateOptions.builder().adapters(Adapters.of(first, 2))));
        }
    }

    @Test
    void embeddingsAreOfTheContextsAdapters() {
        float[] without = embedding(Adapters.none());
        float[] with = embedding(Adapters.of(first, 1));

        assertThat(with).isNotEqualTo(without).isEqualTo(embedding(Adapters.of(first, 1)));
    }

    private static float[] embedding(Adapters adapters) {
        try (Embedder embedder = model.newEmbedder(EmbedderOptions.builder()
                .context(ContextOptions.builder().threads(1).adapters(adapters).build()).build())) {
            return embedder.embed("Once upon a time");
        }
    }

    /** Kinds of weights with shapes of their own: the table of embeddings, whose matrices lie the other way, and experts. */
    @Test
    void adaptsEmbeddingsAndExperts() throws IOException {
        int vocabulary = model.info().vocabularySize();
        Path embeddings = folder.resolve("embeddings.gguf");
        LoraBytes.of("llama").add("token_embd.weight.lora_a", 2, vocabulary).add("token_embd.weight.lora_b", 2, 64)
                .writeTo(embeddings);
        try (LoraAdapter lora = model.loadAdapter(embeddings)) {
            assertThat(Arrays.deepEquals(logits(Adapters.of(lora, 1)), plain)).isFalse();
        }
        LoraBytes.of("llama").add("token_embd.weight.lora_a", 2, vocabulary).add("token_embd.weight.lora_b", 3, 64)
                .writeTo(embeddings);
        assertThat(refusal(embeddings)).contains("with rank 3 it needs [3, %d, 1, 1] and [3, 64, 1, 1]".formatted(vocabulary));

        Path experts = folder.resolve("experts.gguf");
        try (Model mixtral = Model.load(TinyModel.mixtral().writeTo(folder.resolve("mixtral.gguf")));
                Context context = mixtral.newContext(options(AdapterMismatch.ERROR))) {
            int count = Integer.parseInt(mixtral.info().metadata("llama.expert_count").orElseThrow());
            int width = Integer.parseInt(mixtral.info().metadata("llama.feed_forward_length").orElseThrow());
            float[][] expected = logits(context, Adapters.none());
            LoraBytes.of("llama").add("blk.0.ffn_down_exps.weight.lora_a", width, 2, count)
                    .add("blk.0.ffn_down_exps.weight.lora_b", 2, 64, count).writeTo(experts);
            try (LoraAdapter lora = mixtral.loadAdapter(experts)) {
                assertThat(Arrays.deepEquals(logits(context, Adapters.of(lora, 1)), expected)).isFalse();
                assertThat(logits(context, Adapters.none())).isDeepEqualTo(expected);
            }
            LoraBytes.of("llama").add("blk.0.ffn_down_exps.weight.lora_a", width, 2, count - 1)
                    .add("blk.0.ffn_down_exps.weight.lora_b", 2, 64, count - 1).writeTo(experts);
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> mixtral.loadAdapter(experts))
                    .withMessageContaining("does not fit blk.0.ffn_down_exps.weight of shape [%d, 64, %d, 1]", width, count);
        }
    }

    /** Two that take turns, each with its own adapters, as two lonely ones would. */
    @Test
    void requestsTakeTurns() {
        try (Context context = open(AdapterMismatch.ERROR);
                Generation one = context.generate(PROMPT, greedy().adapters(Adapters.of(first, 2)).build());
                Generation two = context.generate(PROMPT, greedy().build())) {
            var pieces = one.iterator();
            for (String _ : two) {
                pieces.next();
            }
            assertThat(pieces.hasNext()).isFalse();
            assertThat(two.result().tokens()).isEqualTo(tokens(context, GenerateOptions.builder()));
            assertThat(one.result().tokens())
                    .isEqualTo(tokens(context, GenerateOptions.builder().adapters(Adapters.of(first, 2))));
        }
    }

    @Test
    void cellsOfOtherAdaptersAreAnError() {
        try (Context context = open(AdapterMismatch.ERROR); Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            context.adapters(Adapters.of(first, 1));

            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> sequence.append(1))
                    .withMessageStartingWith("30 tokens of the sequence were computed with adapters 0000000000000000, "
                            + "this would go on with %016x", Adapters.of(first, 1).fingerprint());
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> Rows.of(sequence, 1));
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> sequence.generate("x").result());
            context.adapters(Adapters.none());
            assertThat(sequence.tokens()).isEqualTo(PROMPT);
            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(plain);

            sequence.clear();
            context.adapters(Adapters.of(first, 1));
            sequence.append(PROMPT);
            assertThat(sequence.adaptersFingerprint()).isEqualTo(Adapters.of(first, 1).fingerprint());
        }
    }

    @Test
    void cellsOfOtherAdaptersAreComputedAgainOnRequest() {
        float[][] adapted = logits(Adapters.of(first, 1));
        try (Context context = open(AdapterMismatch.REEVALUATE); Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            context.adapters(Adapters.of(first, 1));
            assertThat(Rows.of(sequence, NEXT)).as("in a batch").isDeepEqualTo(adapted);
            assertThat(sequence.adaptersFingerprint()).isEqualTo(Adapters.of(first, 1).fingerprint());

            sequence.truncate(PROMPT.length);
            context.adapters(Adapters.none());
            sequence.append(NEXT[0]);
            assertThat(Rows.of(sequence, NEXT[1])[0]).as("by append").isEqualTo(plain[1]);

            sequence.truncate(PROMPT.length);
            int[] generated = sequence.generate(new int[0], greedy().adapters(Adapters.of(first, 2)).build())
                    .result().tokens();
            assertThat(generated).as("by generate")
                    .isEqualTo(tokens(context, GenerateOptions.builder().adapters(Adapters.of(first, 2))));
        }
    }

    /** The decoder reads what the encoder wrote: that too belongs to the adapters that it was computed with. */
    @Test
    void anEncodersOutputBelongsToItsAdapters() {
        TinyModel tiny = TinyModel.t5();
        try (Model t5 = Model.load(tiny.writeTo(folder.resolve("t5.gguf")));
                LoraAdapter lora = t5.loadAdapter(TinyLora.of(tiny).writeTo(folder.resolve("t5-lora.gguf")));
                Context context = t5.newContext(options(AdapterMismatch.REEVALUATE));
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            int[] without = tokens(context, GenerateOptions.builder());
            assertThat(tokens(context, GenerateOptions.builder().adapters(Adapters.of(lora, 4)))).isNotEqualTo(without);
            assertThat(tokens(context, GenerateOptions.builder())).isEqualTo(without);

            batch.add(sequence, 5, false);
            context.encode(batch);
            context.adapters(Adapters.of(lora, 4));
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> sequence.append(0))
                    .withMessageEndingWith("use those, or encode anew");
            context.encode(batch);
            sequence.append(0);
            assertThat(sequence.adaptersFingerprint()).isEqualTo(Adapters.of(lora, 4).fingerprint());
            context.adapters(Adapters.none());
        }
    }

    @Test
    void inputThatIsNotKeptCannotBeComputedAgain() {
        try (Context context = open(AdapterMismatch.REEVALUATE); Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            batch.add(sequence, numbers(1), false);
            context.decode(batch);
            context.adapters(Adapters.of(first, 1));
            assertThatIllegalStateException().isThrownBy(() -> sequence.append(1)).withMessageContaining("was an embedding");
            context.adapters(Adapters.none());
            sequence.append(1);
            assertThat(sequence.length()).isEqualTo(2);
        }
    }

    @Test
    void forksAndStatesCarryWhatTheyWereComputedWith() {
        byte[] state;
        byte[] all;
        long fingerprint = Adapters.of(first, 1).fingerprint();
        try (Context context = open(AdapterMismatch.ERROR); Sequence sequence = context.newSequence()) {
            context.adapters(Adapters.of(first, 1));
            sequence.append(PROMPT);
            Sequence fork = sequence.fork();
            assertThat(fork.adaptersFingerprint()).isEqualTo(fingerprint);
            state = sequence.save();
            all = context.saveState();
            context.adapters(Adapters.none());
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> fork.append(1));
        }
        try (Context context = open(AdapterMismatch.ERROR); Sequence sequence = context.newSequence()) {
            sequence.restore(state);
            assertThat(sequence.adaptersFingerprint()).isEqualTo(fingerprint);
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> sequence.append(1));
            // The same file, loaded again: equal adapters, not the same object.
            try (LoraAdapter again = model.loadAdapter(folder.resolve("first.gguf"))) {
                context.adapters(Adapters.of(again, 1));
                assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(logits(Adapters.of(first, 1)));
                context.adapters(Adapters.none());
            }
        }
        try (Context context = open(AdapterMismatch.REEVALUATE)) {
            Sequence sequence = context.loadState(all).getFirst();
            assertThat(sequence.adaptersFingerprint()).isEqualTo(fingerprint);
            assertThat(Rows.of(sequence, NEXT)).isDeepEqualTo(plain);
        }
    }

    @Test
    void tellsWhatItIs() {
        TinyLora activated = TinyLora.of(TINY).invocationTokens(5, 6, 7).metadata("general.author", GgufValue.of("me"));
        try (LoraAdapter lora = model.loadAdapter(activated.writeTo(folder.resolve("activated.gguf")))) {
            assertThat(lora.invocationTokens()).containsExactly(5, 6, 7);
            assertThat(lora.metadata()).containsEntry("general.author", "me").containsEntry("adapter.type", "lora");
            assertThat(lora.model()).isSameAs(model);
        }
        assertThat(first.invocationTokens()).isEmpty();
        assertThat(first.fingerprint()).isNotEqualTo(second.fingerprint());
        assertThat(vector.lastLayer()).isEqualTo(model.info().layerCount() - 1);
        assertThat(vector.embeddingSize()).isEqualTo(model.info().embeddingSize());
    }

    @Test
    void nobodyClosesWhatIsInUse() {
        LoraAdapter lora = model.loadAdapter(folder.resolve("first.gguf"));
        Adapters adapters = Adapters.of(lora, 2);
        assertThatIllegalStateException().isThrownBy(model::close).withMessageContaining("LoRA adapter");
        try (Context context = open(AdapterMismatch.ERROR)) {
            try (Generation generation = context.generate(PROMPT, greedy().adapters(adapters).build())) {
                generation.iterator().next();
                assertThatIllegalStateException().isThrownBy(lora::close).withMessageContaining("1 generation");
            }
            context.adapters(adapters);
            assertThatIllegalStateException().isThrownBy(lora::close).withMessageContaining("1 context");
            tokens(context, GenerateOptions.builder());
            context.adapters(Adapters.none());
            // Native code is still set to it; that alone keeps nobody from closing.
            lora.close();
            lora.close();
            assertThat(lora.isClosed()).isTrue();
            assertThat(logits(context, Adapters.none())).isDeepEqualTo(plain);
            assertThatIllegalStateException().isThrownBy(() -> context.adapters(adapters)).withMessageContaining("is closed");
            assertThatIllegalStateException().isThrownBy(() -> context.generate(PROMPT, greedy().adapters(adapters).build()));
            assertThatIllegalStateException().isThrownBy(
                    () -> model.newContext(ContextOptions.builder().contextSize(256).adapters(adapters).build()));
        }
        LoraAdapter other = model.loadAdapter(folder.resolve("first.gguf"));
        try (Context context = model.newContext(
                ContextOptions.builder().contextSize(256).threads(1).adapters(Adapters.of(other, 1)).build())) {
            assertThatIllegalStateException().isThrownBy(other::close);
        }
        other.close();
    }

    /** Two that are equal are not the same: each can be closed where the other one goes on. */
    @Test
    void theSameFileTwice() {
        LoraAdapter one = model.loadAdapter(folder.resolve("first.gguf"));
        LoraAdapter two = model.loadAdapter(folder.resolve("first.gguf"));
        try (Context context = open(AdapterMismatch.ERROR)) {
            float[][] adapted = logits(context, Adapters.of(one, 1));
            context.adapters(Adapters.of(two, 1));
            one.close();
            assertThat(logits(context, Adapters.of(two, 1))).isDeepEqualTo(adapted);
        }
        two.close();
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        assertThat(refusal(folder.resolve("none.gguf"))).endsWith("none.gguf does not exist");
        assertThat(refusal(folder.resolve("model.gguf"))).contains("has general.type 'model' instead of 'adapter'");
        assertThat(refusal(folder.resolve("vector.gguf"))).contains("has general.type ''");
        assertThat(refusal(TinyLora.of(TinyModel.qwen2()))).contains("has general.architecture 'qwen2' instead of 'llama'");
        assertThat(refusal(TinyLora.of(TINY.embeddingSize(128)))).containsPattern(
                "does not fit blk\\.0\\.attn_\\w\\.weight of shape \\[64, \\d+, 1, 1\\]: with rank 4 it needs \\[64, 4, 1, 1\\]"
                        + " and .*, it has \\[128, 4, 1, 1\\] and ");
        assertThat(refusal(TinyLora.of(TINY.layers(3)))).contains("changes a tensor blk.2.attn_");
        assertThat(refusal(TinyLora.of(TINY).metadata("general.type", GgufValue.of(7)))).contains("has general.type ''");
        assertThat(refusal(TinyLora.of(TINY).metadata("adapter.lora.alpha", GgufValue.of(7)))).contains("adapter.lora.alpha");
        byte[] bytes = TinyLora.of(TINY).toBytes();
        Path part = Files.write(folder.resolve("part.gguf"), Arrays.copyOf(bytes, bytes.length - 200));
        assertThat(refusal(part)).startsWith("cannot load");
        assertThat(refusal(Files.write(folder.resolve("rank.gguf"), withRank(bytes, 3))))
                .contains("with rank 4 it needs [64, 4, 1, 1] and").contains("it has [64, 3, 1, 1] and");
    }

    @Test
    void refusesVectorsThatDoNotFit() {
        assertThatExceptionOfType(AdapterException.class)
                .isThrownBy(() -> ControlVector.load(folder.resolve("first.gguf"), model))
                .withMessageContaining("is no control vector: its tensor blk.0.");
        Path wide = TinyControlVector.of(TINY.embeddingSize(128)).writeTo(folder.resolve("wide.gguf"));
        assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> ControlVector.load(wide, model))
                .withMessageContaining("has directions of 128 numbers, the model's embeddings have 64");
        Path deep = TinyControlVector.of(TINY.layers(3)).writeTo(folder.resolve("deep-vector.gguf"));
        assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> ControlVector.load(deep, model))
                .withMessageContaining("has a direction for layer 2, the last layer of the model is 1");
        try (Context context = open(AdapterMismatch.ERROR)) {
            assertThatExceptionOfType(AdapterException.class)
                    .isThrownBy(() -> context.adapters(Adapters.of(ControlVector.of(new float[][] {{1, 2}}), 1)));
        }
        try (Model another = Model.load(folder.resolve("model.gguf"));
                Context context = another.newContext(options(AdapterMismatch.ERROR))) {
            assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> context.adapters(Adapters.of(first, 1)))
                    .withMessageContaining("of another model");
        }
    }

    /** Loading changes what upstream walks through when it lays out its buffers, which a change of adapters makes it do. */
    @Test
    void loadsAndFreesWhileOthersCompute() throws Exception {
        FutureTask<Void> loading = new FutureTask<>(() -> {
            for (int i = 0; i < 40; i++) {
                model.loadAdapter(folder.resolve("second.gguf")).close();
            }
        }, null);
        float[][] expected = logits(Adapters.of(first, 1));
        try (Context context = open(AdapterMismatch.ERROR)) {
            Thread thread = Thread.ofPlatform().start(loading);
            do {
                assertThat(logits(context, Adapters.of(first, 1))).isDeepEqualTo(expected);
                assertThat(logits(context, Adapters.none())).isDeepEqualTo(plain);
            } while (thread.isAlive());
        }
        loading.get();
    }

    private static String refusal(TinyLora lora) {
        return refusal(lora.writeTo(folder.resolve("refused.gguf")));
    }

    private static String refusal(Path file) {
        return assertThatExceptionOfType(AdapterException.class).isThrownBy(() -> model.loadAdapter(file)).actual().getMessage();
    }

    /** Changes the rank of the first matrix that says it. */
    private static byte[] withRank(byte[] bytes, int rank) {
        String name = "blk.0.attn_q.weight.lora_a";
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(name) + name.length();
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at + Integer.BYTES + Long.BYTES, rank);
        return changed;
    }

    private static float[] numbers(int scale) {
        float[] numbers = new float[model.info().embeddingSize()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = scale * (i % 5 - 2) / 4f;
        }
        return numbers;
    }

    private static GenerateOptions.Builder greedy() {
        return GenerateOptions.builder().maxTokens(12).sampler(SamplerOptions.greedy());
    }

    private static int[] tokens(Context context, GenerateOptions.Builder options) {
        try (Generation generation =
                context.generate(PROMPT, options.maxTokens(12).sampler(SamplerOptions.greedy()).build())) {
            return generation.result().tokens();
        }
    }

    private static ContextOptions options(AdapterMismatch mismatch) {
        return ContextOptions.builder().contextSize(256).maxSequences(2).threads(1).adapterMismatch(mismatch).build();
    }

    private static Context open(AdapterMismatch mismatch) {
        return model.newContext(options(mismatch));
    }

    private static float[][] logits(Adapters adapters) {
        try (Context context = open(AdapterMismatch.ERROR)) {
            return logits(context, adapters);
        }
    }

    private static float[][] logits(Context context, Adapters adapters) {
        context.adapters(adapters);
        try (Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            return Rows.of(sequence, NEXT);
        }
    }
}
