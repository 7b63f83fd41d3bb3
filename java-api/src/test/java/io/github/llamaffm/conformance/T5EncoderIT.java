package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.EmbeddingResult;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.Model;
import io.github.llamaffm.Normalization;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.T5Encoder;
import io.github.llamaffm.support.Vectors;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder that was taken out of a T5 embeds with what that encoder puts out inside the T5. */
class T5EncoderIT {
    private static final List<String> TEXTS = List.of("The woman opened her case and took out 1 machine.", "It rained.", "a");
    private static final ContextOptions OPTIONS = ContextOptions.builder().contextSize(512).batchSize(512).maxSequences(4)
            .threads(1).flashAttention(FlashAttention.OFF).build();

    @TempDir
    private static Path folder;

    private static Path encoder;
    private static Model t5;
    private static Model model;
    private static Embedder embedder;

    @BeforeAll
    static void load() {
        Path file = TinyModel.t5().writeTo(folder.resolve("t5.gguf"));
        encoder = T5Encoder.of(file, folder.resolve("encoder.gguf"));
        t5 = Model.load(file);
        model = Model.load(encoder);
        embedder = model.newEmbedder(
                EmbedderOptions.builder().normalization(Normalization.NONE).context(OPTIONS).build());
    }

    @AfterAll
    static void close() {
        embedder.close();
        model.close();
        t5.close();
    }

    @Test
    void theMeanOfWhatItPutsOut() {
        assertThat(model.info().hasEncoder()).isTrue();
        assertThat(model.info().hasDecoder()).isFalse();
        assertThat(embedder.pooling()).isEqualTo(Pooling.MEAN);
        List<EmbeddingResult> packed = embedder.embedAll(TEXTS);
        for (int text = 0; text < TEXTS.size(); text++) {
            float[] expected = meanInsideTheT5(TEXTS.get(text));
            float[] alone = embedder.embed(TEXTS.get(text));
            for (int i = 0; i < expected.length; i++) {
                assertThat(alone[i]).isCloseTo(expected[i], within(1e-5f));
                assertThat(packed.get(text).orThrow()[i]).isCloseTo(expected[i], within(1e-4f));
            }
        }
    }

    private static float[] meanInsideTheT5(String text) {
        ContextOptions options = ContextOptions.builder().contextSize(512).batchSize(512).threads(1)
                .flashAttention(FlashAttention.OFF).pooling(Pooling.NONE).build();
        try (Context context = t5.newContext(options);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            for (int token : t5.tokenizer().encode(text, true, true)) {
                batch.add(sequence, token, false);
            }
            context.encode(batch);
            double[] sum = new double[t5.info().outputEmbeddingSize()];
            for (int row = 0; row < batch.size(); row++) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += context.embedding(row).get(i);
                }
            }
            float[] mean = new float[sum.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (sum[i] / batch.size());
            }
            return mean;
        }
    }

    /**
     * llama-server calls llama_decode, whose mask lets a token see only those before it, which is not what a T5 was trained
     * with. Where this fails upstream has changed, and EmbeddingConformanceIT can compare to the bit.
     */
    @Test
    void theServerMasksWhatFollowsAToken() {
        try (LlamaServer server = LlamaServer.start(encoder, "--embedding", "--pooling", "mean", "--flash-attn", "off",
                "--ctx-size", "512", "--batch-size", "512", "--ubatch-size", "512", "--threads", "1", "--threads-batch", "1")) {
            assertThat(Vectors.cosine(embedder.embed(TEXTS.getFirst()), server.embed(TEXTS.getFirst())[0])).isLessThan(0.9);
            assertThat(Vectors.cosine(embedder.embed(TEXTS.getLast()), server.embed(TEXTS.getLast())[0])).isLessThan(0.9);
        }
    }
}
