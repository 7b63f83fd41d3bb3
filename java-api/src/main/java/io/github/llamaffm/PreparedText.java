package io.github.llamaffm;

import org.jspecify.annotations.Nullable;

/**
 * A text on its way through a model.
 *
 * @param tokens of it, at least one; none where it failed
 * @param truncated whether some were left out
 * @param failure why it goes no further
 */
record PreparedText(int[] tokens, boolean truncated, @Nullable LlamaException failure) {

    static PreparedText of(int[] tokens, boolean truncated) {
        return new PreparedText(tokens, truncated, null);
    }

    static PreparedText failed(LlamaException failure) {
        return new PreparedText(new int[0], false, failure);
    }
}
