package io.github.llamaffm;

/**
 * The tokens that a {@link CandidateSampler} may choose among, with their logits: a view of the native array that the samplers
 * of a chain hand on. It is valid during {@link CandidateSampler#apply} only; later calls throw {@link
 * IllegalStateException}, an index that is not less than {@link #size()} an {@link IndexOutOfBoundsException}.
 *
 * <p>At the start of a chain they are the whole vocabulary in the order of its tokens, so index and token are equal there.
 */
public interface Candidates {

    /** How many there are. */
    int size();

    /** The token at an index. */
    int token(int index);

    /** The logit at an index; {@link Float#NEGATIVE_INFINITY}: excluded. */
    float logit(int index);

    /**
     * Sets the logit at an index.
     *
     * @param value {@link Float#NEGATIVE_INFINITY} excludes the token
     * @throws IllegalArgumentException if it is not a number, or positive infinity: the other samplers cannot compute with it
     */
    void logit(int index, float value);

    /** Removes the one at an index; the last one takes its place. */
    void remove(int index);

    /**
     * Keeps the first ones.
     *
     * @param size at most {@link #size()}; 0 leaves nothing to choose from, so that sampling fails
     */
    void truncate(int size);

    /** Sorts them by logit, the highest first. Native code does it. */
    void sort();

    /** Whether they are known to be sorted by logit, the highest first. */
    boolean isSorted();

    /**
     * Chooses the one at an index. Whatever changes size or order afterwards undoes it.
     *
     * @throws IllegalStateException if this sampler does not end its chain
     */
    void select(int index);
}
