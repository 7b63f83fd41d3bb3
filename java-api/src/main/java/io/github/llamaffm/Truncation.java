package io.github.llamaffm;

/** What becomes of a text that is longer than what can be computed in one piece. */
public enum Truncation {
    /** It fails with {@link TextTooLongException}. */
    REFUSE,
    /** Tokens at its end are left out. Special tokens and the prefix stay. */
    KEEP_START,
    /** Tokens at its start are left out. Special tokens and the prefix stay. */
    KEEP_END
}
