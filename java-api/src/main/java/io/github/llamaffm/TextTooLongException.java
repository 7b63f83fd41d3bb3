package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** One text is longer than what can be computed in one piece. Other texts of the same call are not affected. */
public final class TextTooLongException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Number of tokens. */
    private final int tokens;
    /** Number of tokens. */
    private final int limit;

    TextTooLongException(int tokens, int limit, String nextStep) {
        super("the text has %d tokens, %d fit; %s".formatted(tokens, limit, nextStep), List.of());
        this.tokens = tokens;
        this.limit = limit;
    }

    /** Tokens of the text, special ones and the prefix included. */
    public int tokens() {
        return tokens;
    }

    /** Tokens that fit. */
    public int limit() {
        return limit;
    }
}
