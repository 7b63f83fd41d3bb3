package io.github.llamaffm.internal.events;

/** A load of a model, of which the flight recorder is told at its end. */
public interface LoadSpan {

    /**
     * The model is there.
     *
     * @param files that it came from
     * @param bytes of its tensors
     */
    void loaded(int files, long bytes, String architecture, long parameters);

    /** @see Span#ends */
    void ends(boolean completed);
}
