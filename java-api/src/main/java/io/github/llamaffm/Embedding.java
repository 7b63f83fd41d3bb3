package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/**
 * One embedding as the model made it, not normalised. A view of native memory: nothing is copied until asked for.
 *
 * <p>Used like its context. It is valid until the context decodes or encodes again, is closed, or cannot be used any more;
 * after that every method throws {@link IllegalStateException}.
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

    /** A copy of all of them. */
    float[] toArray();

    /**
     * Copies all of them, without an allocation.
     *
     * @param out of at least {@link #size()} elements
     * @throws IllegalArgumentException if it is shorter
     */
    void copyTo(float[] out);

    /**
     * The floats themselves, {@link #size()} of them in the machine's byte order, for code that works on native memory.
     *
     * <p>Unsafe: of what ends its validity the segment notices only that the context is closed. Use it before the context's next
     * call, on the same thread, and keep it nowhere: later it is memory of something else, and to touch it may end the process.
     */
    MemorySegment unsafeSegment();
}
