package io.github.llamaffm;

/** What to do where a sequence goes on with other adapters than its cells were computed with. */
public enum AdapterMismatch {
    /** {@link AdapterException}; the sequence is as before. */
    ERROR,
    /** The whole history is computed again with the new adapters. */
    REEVALUATE
}
