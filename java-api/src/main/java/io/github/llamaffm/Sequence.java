package io.github.llamaffm;

/**
 * One history of tokens in a context's KV cache. Used like its context: one thread at a time.
 *
 * <p>The history has every token that was appended or generated. The last generated one is computed with whatever follows
 * it. Each operation closes a generation of this sequence that was left unfinished.
 */
public interface Sequence extends AutoCloseable {

    /** The context that this is part of. */
    Context context();

    /** Tokens of the history. */
    int length();

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
     * Drops all tokens from a length on. Where the model's memory cannot go back (recurrent ones, and sliding windows that
     * have moved on), the whole sequence is cleared: {@link #length()} tells. Calls {@code llama_memory_seq_rm}.
     *
     * @param length from 0 to {@link #length()}
     */
    void truncate(int length);

    /** Drops all tokens. */
    default void clear() {
        truncate(0);
    }

    /** Clears this and gives it back to the context. A second call does nothing. */
    @Override
    void close();
}
