package io.github.llamaffm;

/**
 * Tokens to compute at once, perhaps of several sequences. Used like its context: one thread at a time. Made to be reused.
 */
public interface Batch extends AutoCloseable {

    /**
     * Adds a token at the next position of a sequence.
     *
     * @param logits whether a token will be sampled from this row
     * @return the row, from 0
     * @throws IllegalArgumentException if the token is not in the vocabulary, or the sequence is of another context
     * @throws IllegalStateException if the batch is full, or as many rows have logits as {@link ContextOptions#maxOutputs()}
     *     allows; after close
     */
    int add(Sequence sequence, int token, boolean logits);

    /** Rows. */
    int size();

    /** The most rows. */
    int capacity();

    /** Whether a row asked for logits. */
    boolean hasLogits(int row);

    /** Removes all rows. */
    void clear();

    /** Ends the use of this batch. A second call does nothing. */
    @Override
    void close();
}
