package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RefServer;
import io.github.llamaffm.support.Vectors;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that read with an encoder and answer with a decoder, and models that only read. */
class EncoderIT {
    private static final int STEPS = 6;
    private static final int UBATCH = 64;

    @TempDir
    private static Path folder;

    private static Path file;
    private static Model model;
    private static int[] prompt;

    @BeforeAll
    static void load() {
        file = TinyModel.t5().writeTo(folder.resolve("t5.gguf"));
        model = Model.load(file);
        prompt = model.tokenizer().encode("translate English to German: The house is wonderful.", true, true);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Context open(int sequences) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256).batchSize(UBATCH).ubatchSize(UBATCH).maxSequences(sequences).threads(1).build());
    }

    private static float[][] reference(int[] tokens) {
        try (RefServer ref = RefServer.start()) {
            return ref.encode(file, new RefServer.Settings(1, 256, UBATCH, UBATCH), STEPS, tokens).read();
        }
    }

    private static void add(Batch batch, Sequence sequence, int... tokens) {
        for (int token : tokens) {
            batch.add(sequence, token, false);
        }
    }

    private static float[] decode(Context context, Sequence sequence, int token) {
        try (Batch batch = context.newBatch()) {
            batch.add(sequence, token, true);
            context.decode(batch);
            return context.logits(0).toArray();
        }
    }

    private static int argMax(float[] logits) {
        return IntStream.range(0, logits.length).reduce((a, b) -> logits[b] > logits[a] ? b : a).orElseThrow();
    }

    @Test
    void logitsOfTheDecoderAreThoseOfThePlainApi() {
        float[][] expected = reference(prompt);
        try (Context context = open(1); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            add(batch, sequence, prompt);
            context.encode(batch);
            assertThat(sequence.length()).isZero();

            int token = model.info().decoderStartToken().orElseThrow();
            for (float[] row : expected) {
                float[] actual = decode(context, sequence, token);
                assertThat(actual).isEqualTo(row);
                token = argMax(actual);
            }
            assertThat(expected.length).isGreaterThanOrEqualTo(STEPS);
        }
    }

    /** As in llama-completion: the encoder reads the prompt, the decoder starts with its start token. */
    @Test
    void generates() {
        float[][] expected = reference(prompt);
        GenerateOptions options = GenerateOptions.builder().maxTokens(STEPS).sampler(SamplerOptions.greedy()).build();
        try (Context context = open(1)) {
            for (int round = 0; round < 2; round++) {
                try (Generation generation = context.generate("translate English to German: The house is wonderful.", options)) {
                    GenerationResult result = generation.result();
                    assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
                    assertThat(result.promptTokens()).isEqualTo(prompt.length);
                    for (int i = 0; i < STEPS; i++) {
                        assertThat(result.tokens()[i]).isEqualTo(argMax(expected[i]));
                    }
                }
            }
        }
    }

    @Test
    void aSequenceGoesOnWithItsAnswer() {
        GenerateOptions three = GenerateOptions.builder().maxTokens(3).sampler(SamplerOptions.greedy()).build();
        float[][] expected = reference(prompt);
        try (Context context = open(1); Sequence sequence = context.newSequence()) {
            try (Generation generation = sequence.generate(prompt, three)) {
                generation.result();
            }
            assertThat(sequence.length()).isEqualTo(4);
            assertThatIllegalStateException().isThrownBy(() -> sequence.generate(prompt, three)).withMessageContaining("clear");
            try (Generation generation = sequence.generate(new int[0], three)) {
                assertThat(generation.result().tokens()).containsExactly(
                        IntStream.range(3, 6).map(i -> argMax(expected[i])).toArray());
            }
        }
    }

    /** Several texts are encoded together; each decoder sees its own only. */
    @Test
    void severalSequencesAreEncodedTogether() {
        int[] other = model.tokenizer().encode("summarize: A short text", true, true);
        float[][] expected = reference(prompt);
        float[][] expectedOther = reference(other);
        int start = model.info().decoderStartToken().orElseThrow();
        try (Context context = open(2); Sequence a = context.newSequence(); Sequence b = context.newSequence();
                Batch batch = context.newBatch()) {
            add(batch, a, prompt);
            add(batch, b, other);
            context.encode(batch);
            assertClose(decode(context, b, start), expectedOther[0]);
            assertClose(decode(context, a, start), expected[0]);

            // The next run replaces the output that b had.
            a.clear();
            batch.clear();
            add(batch, a, prompt);
            context.encode(batch);
            assertThatIllegalStateException().isThrownBy(() -> decode(context, b, 5)).withMessageContaining("encode");
            assertThat(decode(context, a, start)).hasSize(model.info().vocabularySize());
        }
    }

    /** Another number of columns in a product is another order of its sums: the same direction, not the same bits. */
    private static void assertClose(float[] actual, float[] expected) {
        assertThat(Vectors.cosine(actual, expected)).isGreaterThan(0.99999);
    }

    @Test
    void whatLlamaCppAnswersWithASignalIsRefused() {
        try (Context context = open(1); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            assertThatIllegalStateException().isThrownBy(() -> context.encode(batch)).withMessageContaining("empty");
            assertThatIllegalStateException().isThrownBy(() -> decode(context, sequence, 0)).withMessageContaining("encode");
            assertThatIllegalStateException().isThrownBy(() -> sequence.append(5)).withMessageContaining("encode");
            assertThatExceptionOfType(PromptTooLongException.class)
                    .isThrownBy(() -> context.generate(new int[UBATCH + 1], GenerateOptions.defaults()))
                    .withMessageContaining("encoder");

            add(batch, sequence, prompt);
            context.encode(batch);
            decode(context, sequence, model.info().decoderStartToken().orElseThrow());
            assertThatIllegalStateException().isThrownBy(() -> context.encode(batch)).withMessageContaining("clear");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> model.newContext(
                ContextOptions.builder().contextSize(256).maxSequences(2).unifiedCache(false).build()));
        try (Model decoderOnly = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
                Context context = decoderOnly.newContext(ContextOptions.builder().contextSize(256).build());
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            assertThat(decoderOnly.info().decoderStartToken()).isEmpty();
            batch.add(sequence, 1, true);
            assertThatIllegalStateException().isThrownBy(() -> context.encode(batch)).withMessageContaining("no encoder");
            context.decode(batch);
        }
    }

    /** BERT keeps nothing: decode and encode are the same, and a text cannot be continued. */
    @Test
    void aModelThatOnlyReads() {
        try (Model bert = Model.load(TinyModel.bert().writeTo(folder.resolve("bert.gguf")));
                Context context = bert.newContext(ContextOptions.builder().contextSize(256).ubatchSize(32).batchSize(32)
                        .maxOutputs(16).threads(1).build());
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            add(batch, sequence, 1, 2, 3);
            context.encode(batch);
            context.decode(batch);
            assertThat(sequence.length()).isZero();
            batch.clear();
            add(batch, sequence, IntStream.range(1, 18).toArray());
            assertThatIllegalArgumentException().isThrownBy(() -> context.encode(batch)).withMessageContaining("16");
            assertThatIllegalStateException().isThrownBy(() -> sequence.append(4)).withMessageContaining("BERT");
            assertThatIllegalStateException().isThrownBy(() -> context.generate("no")).withMessageContaining("BERT");
            context.warmUp();
        }
    }
}
