package io.github.llamaffm;

import java.util.Comparator;
import java.util.Optional;

/**
 * How well one passage answers the query.
 *
 * @param index of the passage, from 0
 * @param score the model's first output as it is, greater is better; negative infinity where it failed
 * @param probability from 0 to 1: the sigmoid of the score; of a model with several outputs the share of the first, by softmax
 *     unless its graph ends in one; 0 where it failed
 * @param outputs all outputs as they are, one for each of {@link ModelInfo#classLabels()}; none where it failed
 * @param tokens of the pair; 0 where it failed
 * @param truncated whether a part of the passage was left out
 * @param failure {@link TextTooLongException}, or {@link TokenizeException} where a text cannot be encoded
 */
public record RankResult(int index, float score, float probability, float[] outputs, int tokens, boolean truncated,
        Optional<LlamaException> failure) {

    private static final Comparator<RankResult> BEST_FIRST = Comparator.comparing(RankResult::score).reversed();

    /** By score, the best first; those that failed are last. */
    public static Comparator<RankResult> bestFirst() {
        return BEST_FIRST;
    }
}
