package io.github.llamaffm.internal.events;

import io.github.llamaffm.ModelInfo;

/** A load of a model, of which the flight recorder is told at its end. */
public interface LoadSpan {

    /**
     * The model is there.
     *
     * @param files that it came from
     * @param info read only where somebody records: each fact is a native call
     */
    void loaded(int files, ModelInfo info);

    /** @see Span#ends */
    void ends(boolean completed);
}
