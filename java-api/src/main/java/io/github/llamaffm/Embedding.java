package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/**
 * A view of one embedding in native memory, as the model made it: not normalised. Used like its context, and valid until that
 * decodes again or is closed: then every method but {@link #size()} throws {@link IllegalStateException}.
 */
public interface Embedding {

    /** Floats. */
    int size();

    /**
     * One of the floats.
     *
     * @throws IndexOutOfBoundsException if there is no such one
     */
    float get(int index);

    /** A copy, to keep. */
    float[] toArray();

    /**
     * Copies to the start of an array.
     *
     * @throws IndexOutOfBoundsException if it is shorter than {@link #size()}
     */
    void copyTo(float[] out);

    /**
     * The native floats themselves. Nothing checks their use after the next decode or after the context is closed: it may read
     * anything, or end the process.
     */
    MemorySegment unsafeSegment();
}
