package io.github.llamaffm;

import java.nio.file.Path;
import java.util.List;

/**
 * A KV cache with its compute buffers: where a model reads and writes. One thread at a time, platform or virtual, which may
 * change between calls: overlapping use throws {@link ConcurrentUseException}.
 *
 * <p>Native code runs on the calling platform thread. For a virtual thread it runs on a platform thread of the context, and
 * an interrupt of the virtual one stops it at once; a platform thread sees its interrupt between tokens and ubatches.
 */
public interface Context extends AutoCloseable {

    /** The model that this is a context of. */
    Model model();

    /** The options as asked for; what came of them is in the methods below. */
    ContextOptions options();

    /** How many tokens fit, after llama.cpp's rounding. Calls {@code llama_n_ctx}. */
    int size();

    /**
     * How many tokens one sequence can have: {@link #size()}, or its part where each sequence has cells of its own. Calls
     * {@code llama_n_ctx_seq}.
     */
    int sequenceSize();

    /** The most tokens of one decode. Calls {@code llama_n_batch}. */
    int batchSize();

    /** Tokens computed at once. Calls {@code llama_n_ubatch}. */
    int ubatchSize();

    /** Threads that compute; by default fewer do for a single token, where a container has a part of a CPU: see the page on defaults. */
    int threads();

    /** Sequences that can be leased at the same time. */
    int maxSequences();

    /** Continues a text with {@link GenerateOptions#defaults()}. See {@link #generate(String, GenerateOptions)}. */
    default Generation generate(String prompt) {
        return generate(prompt, GenerateOptions.defaults());
    }

    /**
     * Continues a text, in an empty sequence that is the generation's own. The model's special tokens are added and parsed, as
     * llama.cpp's tools do. Nothing is computed before the first piece is asked for. Where all sequences are leased, the
     * oldest generation that was left unfinished here is closed for this one.
     *
     * @throws PromptTooLongException if the prompt does not fit the context
     * @throws IllegalArgumentException if the prompt has an unpaired surrogate
     * @throws IllegalStateException if all sequences are leased
     */
    Generation generate(String prompt, GenerateOptions options);

    /**
     * Continues tokens. See {@link #generate(String, GenerateOptions)}.
     *
     * @throws IllegalArgumentException if one is not in the vocabulary
     */
    Generation generate(int[] prompt, GenerateOptions options);

    /**
     * Leases an empty sequence, until it is closed.
     *
     * @throws IllegalStateException if all {@link #maxSequences()} are leased
     */
    Sequence newSequence();

    /** A batch of {@link #batchSize()} rows for {@link #decode(Batch)}. */
    Batch newBatch();

    /** As {@link #decode(Batch, Cancellation)}, cancelled by an interrupt only. */
    void decode(Batch batch);

    /**
     * Computes a batch. All of its sequences grow by their rows, or, where it fails or is cancelled, none. What a sequence has in a
     * recurrent state or a sliding window is saved before, where it could not go back otherwise; of a recurrent model a batch of
     * one token per sequence is not stopped in the middle. Where a sequence cannot go back it is cleared, and the exception says
     * so. A model that keeps nothing between two batches, as BERT, does what {@link #encode(Batch)} does. Allocates nothing.
     * Calls {@code llama_decode}.
     *
     * @throws NoKvSpaceException if there are too few free cells
     * @throws CancelledException if it was cancelled
     * @throws DecodeException if llama.cpp fails
     * @throws IllegalStateException if the batch is empty, if one of its sequences changed since the row was added, or if the
     *     model has an encoder that has not run for it
     */
    void decode(Batch batch, Cancellation cancellation);

    /**
     * What is computed with from now on, where a request does not say otherwise. A sequence that has cells of others meets {@link
     * ContextOptions#adapterMismatch()} with its next operation. Calls {@code llama_set_adapters_lora} and {@code
     * llama_set_adapter_cvec}, when something is computed.
     *
     * @throws AdapterException if one does not fit the model
     * @throws IllegalStateException if one is closed
     */
    void adapters(Adapters adapters);

    /** What is computed with where a request does not say otherwise. */
    Adapters adapters();

    /**
     * All leased sequences with everything that was computed of them; what generates is ended. At most 2 GiB. Calls {@code
     * lf_state_write}.
     *
     * @throws StateException see {@link Sequence#save()}
     */
    byte[] saveState();

    /** As {@link #saveState()}, to a file. See {@link Sequence#save(Path)}. */
    void saveState(Path file);

    /**
     * Leases the sequences of a saved context, in the order of their ids, and restores them. See {@link
     * Sequence#restore(byte[])}.
     *
     * @throws StateException if it is no state of a context, damaged, of other weights or options, or larger than this context;
     *     nothing is leased then
     * @throws IllegalStateException if a sequence is leased
     */
    List<Sequence> loadState(byte[] state);

    /** As {@link #loadState(byte[])}, piece by piece from a file. */
    List<Sequence> loadState(Path file);

    /**
     * The embedding of one row of the last decode, where nothing is pooled ({@link Pooling#NONE}). It is as the model makes
     * it, not normalised. Calls {@code llama_get_embeddings_ith}.
     *
     * @param row of the batch, from 0
     * @return {@link ModelInfo#outputEmbeddingSize()} floats, valid until the next decode
     * @throws IllegalArgumentException if the last batch has no such row
     * @throws IllegalStateException if this context pools, is not one for embeddings ({@link ContextOptions#pooling()}), or
     *     nothing was decoded
     */
    Embedding embedding(int row);

    /**
     * The embedding of a sequence, pooled over its rows in the last decode, not normalised. Earlier rows count only as far as
     * the model's attention sees them. Calls {@code llama_get_embeddings_seq}.
     *
     * @return {@link ModelInfo#outputEmbeddingSize()} floats, or one for each of {@link ModelInfo#classLabels()} with {@link
     *     Pooling#RANK}; valid until the next decode
     * @throws IllegalArgumentException if the sequence has no row in the last batch
     * @throws IllegalStateException if this context does not pool, is not one for embeddings ({@link
     *     ContextOptions#pooling()}), or nothing was decoded
     */
    Embedding embedding(Sequence sequence);

    /** As {@link #encode(Batch, Cancellation)}, cancelled by an interrupt only. */
    void encode(Batch batch);

    /**
     * Runs the encoder of an encoder-decoder model, such as T5, or of one that is an encoder only, over whole texts. Their
     * sequences must be empty, and stay so: the first token that each of them then decodes is {@link
     * ModelInfo#decoderStartToken()}. llama.cpp keeps the output of the last run: sequences that decode after it must all have
     * been in its batch. Calls {@code llama_encode}.
     *
     * @param batch of at most {@link #ubatchSize()} rows; which of them ask for logits does not matter
     * @throws CancelledException if it was cancelled; then the output of the run before still counts
     * @throws DecodeException if llama.cpp fails
     * @throws IllegalArgumentException if there are more rows
     * @throws IllegalStateException if the model has no encoder, the batch is empty, or a sequence is not
     */
    void encode(Batch batch, Cancellation cancellation);

    /**
     * The logits of a row of the last decode, as they lie in native memory. Calls {@code llama_get_logits_ith}.
     *
     * @param row of the batch, from 0, that asked for logits
     * @return valid until the next decode or encode; one small object, no copy
     * @throws IllegalArgumentException if there is no such row, it did not ask for logits, or the last call was no decode or failed
     */
    Logits logits(int row);

    /** Which tokens a token can see now: {@link Attention#CAUSAL} or {@link Attention#NON_CAUSAL}. */
    Attention attention();

    /**
     * Changes which tokens a token can see, for what is computed from now on: those before it, or also the later ones of its batch,
     * as the parts of one image do. What is in the cache stays as it is. Without causality a batch has at most {@link #ubatchSize()}
     * rows. The next computation lays out its graphs anew, which takes some milliseconds. Calls {@code llama_set_causal_attn}.
     *
     * @throws UnsupportedMemoryException if the model keeps a state, and {@code value} is not causal
     * @throws IllegalStateException if each sequence has a cache of its own, and {@code value} is not causal
     */
    void attention(Attention value);

    /**
     * Computes a token or two and forgets them, as llama.cpp's tools do when they start: memory is touched and graphs are laid
     * out now, not with the first prompt. Sequences and counters stay as they are. Does nothing after an {@link
     * #encode(Batch)}.
     *
     * @throws IllegalStateException if all {@link #maxSequences()} are leased
     * @throws NoKvSpaceException if there are too few free cells
     * @throws CancelledException if the thread was interrupted
     */
    void warmUp();

    /** What this has computed until now. Waits for what is computed on a device. Calls {@code llama_perf_context}. */
    PerfCounters perf();

    /** Starts counting anew. Calls {@code llama_perf_context_reset}. */
    void resetPerf();

    /** What the memory of this context is and can do. Asking touches nothing. */
    KvCacheInfo kvCache();

    /** Whether an earlier failure left this unusable: then every call but {@link #close()} throws. */
    boolean isPoisoned();

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /** Stops the call under way, waits for it, and frees. Any thread; a second call does nothing. Calls {@code llama_free}. */
    @Override
    void close();
}
