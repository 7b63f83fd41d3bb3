package io.github.llamaffm.chat;

/** What becomes of a conversation that does not fit the context. */
public enum WhenContextFull {

    /** {@link ContextFullException}. */
    FAIL,

    /** The oldest turns are left out of what the model sees, whole ones, but never the system message. The history stays as it is. */
    DROP_OLDEST
}
