package io.github.llamaffm;

import java.util.Arrays;

/** Leaves out tokens of a text that is too long, but none of what stands before and behind it. */
record TokenCut(Truncation truncation, int limit) {

    /**
     * Cuts tokens down to the limit.
     *
     * @param head tokens at the start that stay
     * @param tail tokens at the end that stay
     * @throws TextTooLongException if they are refused, or nothing would be left of the text
     */
    int[] cut(int[] tokens, int head, int tail) {
        int kept = limit - head - tail;
        if (truncation == Truncation.REFUSE || kept < 1) {
            throw tooLong(tokens.length, limit);
        }
        int from = truncation == Truncation.KEEP_START ? head : tokens.length - tail - kept;
        int[] cut = Arrays.copyOf(tokens, limit);
        System.arraycopy(tokens, from, cut, head, kept);
        System.arraycopy(tokens, tokens.length - tail, cut, limit - tail, tail);
        return cut;
    }

    static TextTooLongException tooLong(int tokens, int limit) {
        return new TextTooLongException(tokens, limit,
                "split it, allow truncation, or raise batchSize and contextSize as far as the model goes");
    }
}
