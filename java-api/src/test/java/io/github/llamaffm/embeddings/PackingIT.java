package io.github.llamaffm.embeddings;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.EmbeddingResult;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** A text has the same vector alone and in a pack of 100, as far as the kernels that a pack is computed with allow. */
class PackingIT {
    private static final int TEXTS = 100;
    private static final String[] WORDS = ("the woman opened her case and took out one machine what is it asked and so on until it"
            + " rained").split(" ");

    @TempDir
    private Path folder;

    /** A model, and how much a float of its normalised vectors may differ. */
    record Case(TinyModel model, float tolerance) {
        @Override
        public String toString() {
            return model.name();
        }
    }

    /**
     * With F32 weights and no flash attention: what is left is the order of sums, and in BERT, whose keys and values are rounded
     * to 16 bits, that rounding.
     */
    static final List<Case> CASES = List.of(new Case(TinyModel.llama(), 1e-6f), new Case(TinyModel.qwen3(), 1e-6f),
            new Case(TinyModel.gemma3(), 1e-6f), new Case(TinyModel.mamba(), 1e-6f), new Case(TinyModel.bert(), 1e-4f));

    @ParameterizedTest
    @FieldSource("CASES")
    void inFullPrecision(Case each) {
        ContextOptions context = options().flashAttention(FlashAttention.OFF).build();
        try (Model model = Model.load(each.model.writeTo(folder.resolve("tiny.gguf")));
                Embedder embedder = model.newEmbedder(EmbedderOptions.builder().context(context).build())) {
            List<String> texts = texts(1);
            List<EmbeddingResult> packed = embedder.embedAll(texts);
            for (int i = 0; i < TEXTS; i++) {
                assertThat(packed.get(i).index()).isEqualTo(i);
                float[] alone = embedder.embed(texts.get(i));
                for (int j = 0; j < alone.length; j++) {
                    assertThat(Math.abs(packed.get(i).orThrow()[j] - alone[j])).as(texts.get(i)).isLessThan(each.tolerance);
                }
            }
        }
    }

    /** Four-bit weights make the rounding of activations to eight bits visible, see EmbeddingConformanceIT. */
    @ParameterizedTest
    @EnumSource(names = {"MEAN", "LAST"})
    void withTheDefaultModel(Pooling pooling) {
        try (Model model = Model.load(TestFiles.model());
                Embedder embedder = model.newEmbedder(
                        EmbedderOptions.builder().pooling(pooling).context(options().build()).build())) {
            List<String> texts = texts(2);
            List<EmbeddingResult> packed = embedder.embedAll(texts);
            for (int i = 0; i < TEXTS; i += 7) {
                assertThat(dot(packed.get(i).orThrow(), embedder.embed(texts.get(i)))).as(texts.get(i)).isGreaterThan(0.995);
            }
        }
    }

    /** Different texts must be told apart, or nothing above means anything. */
    @Test
    void differentTextsHaveDifferentVectors() {
        try (Model model = Model.load(TinyModel.bert().writeTo(folder.resolve("tiny.gguf")));
                Embedder embedder = model.newEmbedder()) {
            List<EmbeddingResult> results = embedder.embedAll(List.of("the woman", "it rained", "the woman opened her case"));
            assertThat(dot(results.get(0).orThrow(), results.get(1).orThrow())).isLessThan(0.99);
            assertThat(dot(results.get(0).orThrow(), results.get(2).orThrow())).isLessThan(0.99);
        }
    }

    private static ContextOptions.Builder options() {
        return ContextOptions.builder().contextSize(1024).batchSize(1024).maxSequences(TEXTS).threads(2);
    }

    private static List<String> texts(int seed) {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            var text = new StringBuilder();
            for (int words = 1 + random.nextInt(3); words > 0; words--) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
