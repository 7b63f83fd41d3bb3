package io.github.llamaffm;

/**
 * Tokens to compute at once, or embeddings in their place, perhaps of several sequences. Used like its context: one thread at a time. Made to be reused.
 */
public interface Batch extends AutoCloseable {

    /**
     * Adds a token at the next position of a sequence.
     *
     * @param logits whether a token will be sampled from this row
     * @return the row, from 0
     * @throws IllegalArgumentException if the token is not in the vocabulary, or the sequence is of another context
     * @throws IllegalStateException if the batch is full, or as many rows have logits as {@link ContextOptions#maxOutputs()}
     *     allows; if it has embeddings; after close
     */
    int add(Sequence sequence, int token, boolean logits);

    /**
     * Adds an embedding at the next position of a sequence, in the place of a token: what the first layer of the model gets
     * instead of a row of its table, such as a part of an image. A batch has tokens or embeddings, not both.
     *
     * <p>The history of the sequence grows by a position without a token. What needs its token is refused: the embedding is not
     * kept, and cannot be computed again.
     *
     * @param embedding {@link ModelInfo#inputEmbeddingSize()} floats; copied
     * @param logits whether a token will be sampled from this row
     * @return the row, from 0
     * @throws IllegalArgumentException if it has another length, or the sequence is of another context
     * @throws IllegalStateException as {@link #add(Sequence, int, boolean)}, and if the batch has tokens
     */
    int add(Sequence sequence, float[] embedding, boolean logits);

    /** Rows. */
    int size();

    /** The most rows. */
    int capacity();

    /**
     * Whether a row asked for logits.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    boolean hasLogits(int row);

    /**
     * Removes all rows.
     *
     * @throws ConcurrentUseException while another thread uses the context, which may compute these rows
     * @throws IllegalStateException if the context is closed
     */
    void clear();

    /** Ends the use of this batch. A second call does nothing. */
    @Override
    void close();
}
