package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** A prompt is longer than the whole context, than what a sequence has left of it, or than what an encoder takes. */
public final class PromptTooLongException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Number of tokens. */
    private final int tokens;

    /** Number of tokens. */
    private final int available;

    PromptTooLongException(int tokens, int available, int contextSize) {
        this("the prompt has %d tokens, but only %d of the context of %d are left; shorten it or raise contextSize"
                .formatted(tokens, available, contextSize), tokens, available);
    }

    private PromptTooLongException(String message, int tokens, int available) {
        super(message, List.of());
        this.tokens = tokens;
        this.available = available;
    }

    /** An encoder takes its whole input at once. */
    static PromptTooLongException ofEncoder(int tokens, int ubatchSize) {
        return new PromptTooLongException(
                "the prompt has %d tokens, but the encoder takes at most one ubatch of %d at once; shorten it or raise ubatchSize"
                        .formatted(tokens, ubatchSize), tokens, ubatchSize);
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
