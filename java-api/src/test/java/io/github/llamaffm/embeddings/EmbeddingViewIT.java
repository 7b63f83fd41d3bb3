package io.github.llamaffm.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Attention;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedding;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyModel;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts for embeddings: what their options come to, and how long a view is valid. */
class EmbeddingViewIT {
    private static final int[] TOKENS = IntStream.range(10, 40).toArray();

    @TempDir
    private static Path folder;

    private static Model llama;
    private static Model bert;

    @BeforeAll
    static void load() {
        llama = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
        bert = Model.load(TinyModel.bert().writeTo(folder.resolve("bert.gguf")));
    }

    @AfterAll
    static void close() {
        bert.close();
        llama.close();
    }

    private static ContextOptions.Builder options(Pooling pooling) {
        return ContextOptions.builder().contextSize(256).batchSize(128).ubatchSize(64).maxSequences(4).threads(1).pooling(pooling);
    }

    private static void add(Batch batch, Sequence sequence, int... tokens) {
        for (int token : tokens) {
            batch.add(sequence, token, false);
        }
    }

    /** Pooled by hand from the embeddings of the tokens. */
    @ParameterizedTest
    @EnumSource(names = {"MEAN", "CLS", "LAST"})
    void poolingIsWhatItsNameSays(Pooling pooling) {
        float[][] rows = new float[TOKENS.length][];
        try (Context context = llama.newContext(options(Pooling.NONE).build());
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            add(batch, sequence, TOKENS);
            context.decode(batch);
            for (int row = 0; row < rows.length; row++) {
                rows[row] = context.embedding(row).toArray();
            }
        }
        float[] expected = switch (pooling) {
            case CLS -> rows[0];
            case LAST -> rows[rows.length - 1];
            default -> mean(rows);
        };
        try (Context context = llama.newContext(options(pooling).build());
                Sequence other = context.newSequence();
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            add(batch, other, 7, 8, 9);
            add(batch, sequence, TOKENS);
            context.decode(batch);
            float[] actual = context.embedding(sequence).toArray();
            assertThat(actual).hasSize(llama.info().outputEmbeddingSize());
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-2f));
            }
            assertThat(context.embedding(other).toArray()).isNotEqualTo(actual);
        }
    }

    private static float[] mean(float[][] rows) {
        float[] mean = new float[rows[0].length];
        for (int i = 0; i < mean.length; i++) {
            int column = i;
            mean[i] = (float) Arrays.stream(rows).mapToDouble(row -> row[column]).average().orElseThrow();
        }
        return mean;
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL", "CAUSAL", "NON_CAUSAL"})
    void attentionDecidesWhatTheFirstTokenSees(Attention attention) {
        ContextOptions options = options(Pooling.NONE).attention(attention).build();
        float[] first = embeddingOfFirst(options, 10, 11, 12);
        float[] changed = embeddingOfFirst(options, 10, 11, 200);
        if (attention == Attention.NON_CAUSAL) {
            assertThat(first).isNotEqualTo(changed);
        } else {
            assertThat(first).isEqualTo(changed);
        }
    }

    private static float[] embeddingOfFirst(ContextOptions options, int... tokens) {
        try (Context context = llama.newContext(options);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            add(batch, sequence, tokens);
            context.decode(batch);
            return context.embedding(0).toArray();
        }
    }

    @Test
    void aViewEndsWithTheNextDecodeAndWithTheContext() {
        Context context = llama.newContext(options(Pooling.NONE).build());
        Sequence sequence = context.newSequence();
        Batch batch = context.newBatch();
        assertThatIllegalStateException().isThrownBy(() -> context.embedding(0)).withMessageContaining("decoded nothing");
        add(batch, sequence, TOKENS);
        context.decode(batch);
        Embedding embedding = context.embedding(3);
        float[] copy = embedding.toArray();
        float[] into = new float[embedding.size() + 1];
        embedding.copyTo(into);
        assertThat(Arrays.copyOf(into, copy.length)).isEqualTo(copy);
        assertThat(embedding.get(5)).isEqualTo(copy[5]);
        assertThat(embedding.unsafeSegment().toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(copy);
        assertThat(embedding.unsafeSegment().isReadOnly()).isTrue();
        assertThatThrownBy(() -> embedding.get(copy.length))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> embedding.copyTo(new float[copy.length - 1]));
        assertThatIllegalArgumentException().isThrownBy(() -> context.embedding(TOKENS.length));
        assertThatIllegalArgumentException().isThrownBy(() -> context.embedding(-1));

        batch.clear();
        add(batch, sequence, 1);
        context.decode(batch);
        assertThatIllegalStateException().isThrownBy(embedding::toArray).withMessageContaining("computed again");
        assertThatIllegalStateException().isThrownBy(() -> embedding.get(0));
        assertThatIllegalStateException().isThrownBy(embedding::unsafeSegment);

        Embedding last = context.embedding(0);
        context.close();
        assertThatIllegalStateException().isThrownBy(() -> last.get(0)).withMessageContaining("closed");
    }

    @Test
    void theWrongQuestionIsRefused() {
        try (Context text = llama.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Sequence sequence = text.newSequence()) {
            sequence.append(TOKENS);
            assertThatIllegalStateException().isThrownBy(() -> text.embedding(0)).withMessageContaining("pooling");
            assertThatIllegalStateException().isThrownBy(() -> text.embedding(sequence)).withMessageContaining("pooling");
        }
        try (Context pooled = llama.newContext(options(Pooling.MEAN).build());
                Context tokens = llama.newContext(options(Pooling.MODEL).build());
                Sequence ofTokens = tokens.newSequence();
                Sequence sequence = pooled.newSequence();
                Batch batch = pooled.newBatch()) {
            sequence.append(TOKENS);
            ofTokens.append(TOKENS);
            assertThatIllegalStateException().isThrownBy(() -> pooled.embedding(0)).withMessageContaining("embedding(Sequence)");
            assertThatIllegalStateException().isThrownBy(() -> tokens.embedding(ofTokens)).withMessageContaining("embedding(int row)");
            assertThatIllegalArgumentException().isThrownBy(() -> pooled.embedding(ofTokens));
            assertThat(pooled.embedding(sequence).size()).isEqualTo(64);

            // Another tenant of the same native sequence does not see what the first one left.
            sequence.close();
            try (Sequence next = pooled.newSequence()) {
                assertThatIllegalArgumentException().isThrownBy(() -> pooled.embedding(next)).withMessageContaining("no row");
                add(batch, next, 5);
                pooled.decode(batch);
                batch.clear();
                assertThat(pooled.embedding(next).toArray()).hasSize(64);
            }
        }
    }

    @Test
    void everyRowIsAnOutputAndATextStaysInOnePiece() {
        assertThatIllegalArgumentException().isThrownBy(() -> options(Pooling.MEAN).maxOutputs(4).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> llama.newContext(options(Pooling.MEAN).unifiedCache(false).build()))
                .withMessageContaining("unified");
        int[] tooMany = new int[65];
        Arrays.fill(tooMany, 20);
        for (ContextOptions options : new ContextOptions[] {options(Pooling.MEAN).build(),
                options(Pooling.NONE).attention(Attention.NON_CAUSAL).build()}) {
            try (Context context = llama.newContext(options);
                    Sequence sequence = context.newSequence();
                    Batch batch = context.newBatch()) {
                assertThat(context.batchSize()).isEqualTo(64);
                assertThat(batch.capacity()).isEqualTo(64);
                add(batch, sequence, Arrays.copyOf(tooMany, 64));
                assertThat(batch.hasLogits(0)).isTrue();
                assertThatIllegalStateException().isThrownBy(() -> batch.add(sequence, 1, false)).withMessageContaining("full");
                context.decode(batch);
                assertThatIllegalArgumentException().isThrownBy(() -> sequence.append(tooMany)).withMessageContaining("one piece");
            }
        }
        try (Context context = llama.newContext(options(Pooling.LAST).build());
                Sequence sequence = context.newSequence();
                Sequence again = context.newSequence()) {
            assertThat(context.batchSize()).isEqualTo(128);
            sequence.append(tooMany);
            float[] last = context.embedding(sequence).toArray();
            again.append(Arrays.copyOf(tooMany, 64));
            again.append(20);
            assertThat(context.embedding(again).toArray()).isEqualTo(last);
        }
    }

    /** A graph is laid out for as many tokens of each sequence: llama.cpp aborts where that leaves a rest. */
    @ParameterizedTest
    @EnumSource(names = {"MEAN", "CLS", "LAST"})
    void anyNumberOfSequencesAndRows(Pooling pooling) {
        for (Model model : new Model[] {llama, bert}) {
            for (int[] sizes : new int[][] {{1, 3, 7}, {300, 100, 256}, {64, 100, 3}, {512, 512, 256}}) {
                ContextOptions options = ContextOptions.builder().contextSize(sizes[0]).batchSize(sizes[1])
                        .ubatchSize(sizes[1]).maxSequences(sizes[2]).threads(1).pooling(pooling).build();
                try (Context context = model.newContext(options);
                        Sequence sequence = context.newSequence();
                        Batch batch = context.newBatch()) {
                    add(batch, sequence, 10);
                    context.decode(batch);
                    assertThat(context.embedding(sequence).size()).isEqualTo(64);
                }
            }
        }
    }

    /** Behind the table of positions the process would end. */
    @Test
    void anEncoderTakesAsManyTokensAsItHasPositions() {
        ContextOptions options = ContextOptions.builder().batchSize(1024).ubatchSize(1024).maxSequences(2).threads(1)
                .pooling(Pooling.MODEL).build();
        try (Context context = bert.newContext(options);
                Sequence sequence = context.newSequence();
                Sequence other = context.newSequence();
                Batch batch = context.newBatch()) {
            assertThat(batch.capacity()).isEqualTo(1024);
            int[] all = new int[512];
            Arrays.fill(all, 20);
            add(batch, sequence, all);
            assertThatIllegalStateException().isThrownBy(() -> batch.add(sequence, 20, false)).withMessageContaining("512");
            add(batch, other, all);
            context.decode(batch);
            assertThat(context.embedding(sequence).toArray()).hasSize(64);
            assertThat(sequence.length()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> sequence.append(20)).withMessageContaining("Embedder");
            assertThatIllegalStateException().isThrownBy(() -> context.generate("a"));
        }
    }
}
