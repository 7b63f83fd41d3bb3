package io.github.llamaffm;

import java.nio.file.Path;

/**
 * One history of tokens in a context's KV cache. Used like its context: one thread at a time.
 *
 * <p>An index that is not in the history is an {@link IndexOutOfBoundsException}, and then nothing changes.
 *
 * <p>The history has every token that was appended or generated. The last generated one is computed with whatever follows
 * it. Each operation closes a generation of this sequence that was left unfinished.
 */
public interface Sequence extends AutoCloseable {

    /** The context that this is part of. */
    Context context();

    /** Tokens of the history. */
    int length();

    /** A copy of the history: -1 stands where an embedding was the input. */
    int[] tokens();

    /**
     * The position of a token of the history: its index, where nothing was removed or shifted.
     *
     * @param index from 0 to {@link #length()}, exclusive
     */
    int position(int index);

    /** The position of the next token: one more than that of the last one. */
    int nextPosition();

    /**
     * Appends a text. Special tokens are parsed, and added where the sequence is empty. See {@link #append(int...)}.
     *
     * @throws IllegalArgumentException if it has an unpaired surrogate
     */
    void append(String text);

    /**
     * Appends tokens and computes them. Where that fails nothing was appended.
     *
     * @throws IllegalArgumentException if one is not in the vocabulary
     * @throws NoKvSpaceException if they do not fit
     * @throws CancelledException if the thread was interrupted
     * @throws DecodeException if llama.cpp fails
     */
    void append(int... tokens);

    /** Continues with {@link GenerateOptions#defaults()}. See {@link #generate(String, GenerateOptions)}. */
    default Generation generate(String prompt) {
        return generate(prompt, GenerateOptions.defaults());
    }

    /**
     * Appends a text and continues. Special tokens are parsed, and added where the sequence is empty. See {@link
     * Context#generate(String, GenerateOptions)}.
     */
    Generation generate(String prompt, GenerateOptions options);

    /** Appends tokens, perhaps none, and continues. See {@link Context#generate(int[], GenerateOptions)}. */
    Generation generate(int[] prompt, GenerateOptions options);

    /**
     * Whether {@link #truncate(int)} keeps what is before that length. Attention always does; a sliding window where it still
     * has the tokens that would be seen from there; a state where it is one of {@link ContextOptions#recurrentRollback()}.
     * Touches nothing.
     *
     * @param length from 0 to {@link #length()}
     */
    boolean canTruncate(int length);

    /** Whether {@link #remove(int, int)} can remove these tokens. States cannot forget what others follow. Touches nothing. */
    boolean canRemove(int from, int to);

    /**
     * Whether the memory can change positions at all. It cannot where a sliding window has fewer cells than the rest of the
     * cache, where positions have several dimensions, and with {@link KvType#BF16} or some quantised keys, which cannot be
     * computed anew. Calls {@code llama_memory_can_shift}, among others. Touches nothing.
     */
    boolean canShift();

    /**
     * Whether the positions of these tokens can be changed: not where a {@link #fork()} shares some of them, because they
     * would move for both. Touches nothing.
     */
    boolean canShift(int from, int to);

    /**
     * Drops all tokens from a length on. Where the memory cannot go back, which {@link #canTruncate(int)} tells, the whole
     * sequence is cleared: then {@link #length()} is 0. Calls {@code llama_memory_seq_rm}.
     *
     * @param length from 0 to {@link #length()}
     */
    void truncate(int length);

    /**
     * Drops tokens of the history. Those behind them keep their positions, so a gap stays; a last token that is not computed
     * yet always follows the one before it. Calls {@code llama_memory_seq_rm}.
     *
     * @param from the first index
     * @param to the index behind the last one, at most {@link #length()}
     * @throws UnsupportedMemoryException if the memory cannot; then nothing was dropped
     */
    void remove(int from, int to);

    /**
     * Moves the positions of tokens. Positions stay ascending, from 0 on and below 2^30. What was computed from the old positions stays.
     * Calls {@code llama_memory_seq_add}.
     *
     * @param from the first index
     * @param to the index behind the last one, at most {@link #length()}
     * @param by added to each position, may be negative
     * @throws IllegalArgumentException if positions would become negative or would not ascend
     * @throws UnsupportedMemoryException if the memory cannot, see {@link #canShift(int, int)}; then nothing was moved
     */
    void shift(int from, int to, int by);

    /**
     * Drops tokens and moves those behind them to close the gap: what makes room in a long chat. What was computed from the
     * dropped tokens stays in the others. Calls {@code llama_memory_seq_rm} and {@code llama_memory_seq_add}.
     *
     * @param from the first index
     * @param to the index behind the last one, at most {@link #length()}
     * @throws UnsupportedMemoryException if the memory cannot; then nothing was dropped
     */
    void discard(int from, int to);

    /** Clears every other sequence of the context and ends what generates there; they stay leased. */
    void keepOnly();

    /**
     * Leases another sequence with the same history. In a unified cache it shares the cells of this one: no tensor data is
     * copied. Where each sequence has cells of its own ({@link KvCacheInfo#streams()}) all of them are copied. Calls {@code
     * llama_memory_seq_cp}.
     *
     * @throws IllegalStateException if all sequences of the context are leased, or an encoder has run for this one
     * @throws UnsupportedMemoryException if the model keeps nothing of its tokens
     */
    Sequence fork();

    /**
     * The history with everything that was computed of it: restored, it continues to the same bits. At most 2 GiB; larger ones
     * go to a file. Calls {@code lf_state_write}.
     *
     * @throws StateException if it is larger, if the model has an encoder, or if its file changed since it was loaded
     */
    byte[] save();

    /**
     * As {@link #save()}, piece by piece to a file, which only its owner may read. An older file is replaced when all is
     * written; where that fails it stays as it was.
     *
     * @throws StateException if it cannot be written, too
     */
    void save(Path file);

    /**
     * Replaces the history with a saved one of the same model, whatever sequence or context it was saved from. Everything is
     * checked before anything changes. Calls {@code lf_state_read}.
     *
     * @throws StateException if it is no state of a sequence, damaged or of other weights or options, which it names; the
     *     sequence is as before
     * @throws NoKvSpaceException if it does not fit; the sequence is as before
     */
    void restore(byte[] state);

    /** As {@link #restore(byte[])}, piece by piece from a file. */
    void restore(Path file);

    /**
     * {@link Adapters#fingerprint()} of what this was computed with; 0: no adapters, or nothing is computed. Only with equal
     * ones it can go on as it is: {@link ContextOptions#adapterMismatch()}.
     */
    long adaptersFingerprint();

    /** Drops all tokens. */
    default void clear() {
        truncate(0);
    }

    /** Clears this and gives it back to the context. A second call does nothing. */
    @Override
    void close();
}
