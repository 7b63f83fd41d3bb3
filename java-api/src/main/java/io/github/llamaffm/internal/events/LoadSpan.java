package io.github.llamaffm.internal.events;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A load of a model, of which the flight recorder is told at its end. */
public interface LoadSpan {

    /**
     * The model is there.
     *
     * @param files that it came from
     * @param bytes of its tensors; this and the others are read only where somebody records, because each is a native call
     */
    void loaded(int files, LongSupplier bytes, Supplier<String> architecture, LongSupplier parameters);

    /** @see Span#ends */
    void ends(boolean completed);
}
