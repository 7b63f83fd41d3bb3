package io.github.llamaffm.chat;

import java.io.Serial;

/** A conversation does not fit the context. */
public final class ContextFullException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int tokens;
    private final int available;

    ContextFullException(int tokens, int available) {
        super("a conversation of %d tokens does not fit the %d of a sequence; drop messages, set whenFull(DROP_OLDEST) or raise contextSize"
                .formatted(tokens, available), null);
        this.tokens = tokens;
        this.available = available;
    }

    /** Tokens of the rendered conversation. */
    public int tokens() {
        return tokens;
    }

    /** Tokens that fit. */
    public int available() {
        return available;
    }
}
