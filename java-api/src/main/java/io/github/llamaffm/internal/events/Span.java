package io.github.llamaffm.internal.events;

/** A piece of work of which the flight recorder is told at its end. */
public interface Span {

    /** It has waited for its turn until now. */
    default void begins() {}

    /** @param completed false where it failed or was stopped */
    void ends(boolean completed);
}
