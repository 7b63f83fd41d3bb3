package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/**
 * The logits of one row: for each token of the vocabulary how likely it is to follow, as the model made them, before any
 * sampler. A view of native memory: nothing is copied until asked for.
 *
 * <p>Used like its context. It is valid until the context decodes or encodes again, is closed, or cannot be used any more;
 * after that every method throws {@link IllegalStateException}.
 */
public interface Logits {

    /** Tokens of the vocabulary. */
    int size();

    /**
     * The logit of one token.
     *
     * @throws IndexOutOfBoundsException if it is not in the vocabulary
     */
    float get(int token);

    /** A copy of all of them. */
    float[] toArray();

    /**
     * Copies all of them, without an allocation.
     *
     * @param out of at least {@link #size()} elements
     * @throws IllegalArgumentException if it is shorter
     */
    void copyTo(float[] out);

    /** The token with the greatest logit; of equal ones the first. Allocates nothing. */
    int argMax();

    /**
     * The row itself, {@link #size()} floats in the machine's byte order, for code that works on native memory.
     *
     * <p>Unsafe: of what ends its validity the segment notices only that the context is closed. Use it before the context's next
     * call, on the same thread, and keep it nowhere: later it is memory of something else, and to touch it may end the process.
     */
    MemorySegment unsafeSegment();
}
