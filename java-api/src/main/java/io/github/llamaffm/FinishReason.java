package io.github.llamaffm;

/** Why a generation ended. A failure is none of these: it is thrown. */
public enum FinishReason {
    /** The model said that it is done, by a token that ends a generation; or there was nothing to continue. */
    END,
    /** The limit of tokens was reached, or the context is full. */
    LENGTH,
    /** A stop string was found. */
    STOP,
    /** The time limit passed. */
    DEADLINE,
    /** It was cancelled, closed early, its thread was interrupted, or the process is ending. */
    CANCELLED
}
