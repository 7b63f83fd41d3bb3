package io.github.llamaffm;

import java.util.List;
import java.util.function.Supplier;
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

    private static PreparedText failed(LlamaException failure) {
        return new PreparedText(new int[0], false, failure);
    }

    /**
     * What was prepared, or why this text cannot be.
     *
     * @param what the text is called where it has no tokens
     */
    static PreparedText prepare(String what, Supplier<PreparedText> preparation) {
        try {
            PreparedText text = preparation.get();
            return text.tokens.length > 0
                    ? text
                    : failed(new TokenizeException(what + " has no tokens with this vocabulary", List.of()));
        } catch (IllegalArgumentException e) {
            return failed(new TokenizeException(e.getMessage(), List.of()));
        } catch (TokenizeException | TextTooLongException e) {
            return failed(e);
        }
    }
}
