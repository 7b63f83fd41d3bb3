package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What embedder and reranker do without a model. */
class EmbeddingPartsTest {

    @Test
    void aCutLeavesHeadAndTail() {
        int[] tokens = {1, 20, 21, 22, 23, 24, 25, 2};

        assertThat(new TokenCut(Truncation.KEEP_START, 5).cut(tokens, 1, 1)).containsExactly(1, 20, 21, 22, 2);
        assertThat(new TokenCut(Truncation.KEEP_END, 5).cut(tokens, 1, 1)).containsExactly(1, 23, 24, 25, 2);
        assertThat(new TokenCut(Truncation.KEEP_END, 5).cut(tokens, 3, 0)).containsExactly(1, 20, 21, 25, 2);
        assertThat(new TokenCut(Truncation.KEEP_START, 3).cut(tokens, 0, 0)).containsExactly(1, 20, 21);
        for (TokenCut cut : List.of(new TokenCut(Truncation.REFUSE, 5), new TokenCut(Truncation.KEEP_START, 2))) {
            assertThatThrownBy(() -> cut.cut(tokens, 1, 1))
                    .isInstanceOfSatisfying(TextTooLongException.class, e -> {
                        assertThat(e.tokens()).isEqualTo(8);
                        assertThat(e.limit()).isEqualTo(cut.limit());
                    });
        }
    }

    @Test
    void normalizationIsThatOfTheTools() {
        assertThat(normalized(Normalization.NONE, 3, -4)).containsExactly(3, -4);
        assertThat(normalized(Normalization.L2, 3, -4)).containsExactly(3 * (float) (1 / 5.0), -4 * (float) (1 / 5.0));
        assertThat(normalized(Normalization.L1, 1, -3)).containsExactly(0.25f, -0.75f);
        assertThat(normalized(Normalization.MAX_ABS, 2, -4)).containsExactly(16380, -32760);
        for (Normalization each : Normalization.values()) {
            assertThat(normalized(each, 0, 0)).containsExactly(0, 0);
        }
    }

    private static float[] normalized(Normalization normalization, float... vector) {
        normalization.apply(vector);
        return vector;
    }

    @Test
    void bestFirstAndFailuresLast() {
        RankResult bad = result(0, Float.NEGATIVE_INFINITY);
        RankResult good = result(1, 2);
        RankResult poor = result(2, -7);

        assertThat(Stream.of(bad, poor, good).sorted(RankResult.bestFirst())).containsExactly(good, poor, bad);
    }

    private static RankResult result(int index, float score) {
        return new RankResult(index, score, 0, new float[0], 0, false, Optional.empty());
    }

    @Test
    void optionsSayWhatTheyDoNotTake() {
        var outputs = ContextOptions.builder().maxOutputs(8).build();
        assertThatIllegalArgumentException().isThrownBy(() -> EmbedderOptions.builder().context(outputs).build());
        assertThatIllegalArgumentException().isThrownBy(() -> RerankerOptions.builder().context(outputs).build());
        assertThatIllegalArgumentException().isThrownBy(() -> RerankerOptions.builder().template("{query} only").build())
                .withMessageContaining("{document}");
        assertThat(EmbedderOptions.defaults().normalization()).isEqualTo(Normalization.L2);
        assertThat(EmbedderOptions.defaults().truncation()).isEqualTo(Truncation.REFUSE);
        assertThat(EmbedOptions.query().kind()).isEqualTo(TextKind.QUERY);
    }
}
