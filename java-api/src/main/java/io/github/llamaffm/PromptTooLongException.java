package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** A prompt is longer than the whole context, or than what a sequence has left of it. */
public final class PromptTooLongException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Number of tokens. */
    private final int tokens;

    /** Number of tokens. */
    private final int available;

    PromptTooLongException(int tokens, int available, int contextSize) {
        super("the prompt has %d tokens, but only %d of the context of %d are left; shorten it or raise contextSize"
                .formatted(tokens, available, contextSize), List.of());
        this.tokens = tokens;
        this.available = available;
    }

    /** Tokens of the prompt. */
    public int tokens() {
        return tokens;
    }

    /** Tokens that the context can still take. */
    public int available() {
        return available;
    }
}
