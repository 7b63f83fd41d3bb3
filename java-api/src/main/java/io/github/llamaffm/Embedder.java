package io.github.llamaffm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns texts into vectors. Made by {@link Model#newEmbedder(EmbedderOptions)}; one thread at a time, platform or virtual:
 * overlapping use throws {@link ConcurrentUseException}.
 *
 * <p>Texts are computed in packs, as many at once as its context takes. Without {@link EmbedderOptions#context()} a pack has
 * at most 512 tokens (as in llama-server) and 64 texts, or one text where the model is recurrent. A text must fit one pack, so
 * {@link ContextOptions#batchSize()} is what a longer text needs; with {@link Pooling#LAST} and causal attention only the
 * context size counts. llama.cpp keeps a row of logits for each token of a pack, {@code batchSize} times vocabulary times 4
 * bytes, whether or not a model makes any.
 *
 * <p>A text gets the model's special tokens added, and parsed, as llama.cpp's tools do. Alone and in a pack it has the same
 * vector but for rounding.
 */
public interface Embedder extends AutoCloseable {

    /** The model. */
    Model model();

    /** The options as asked for. */
    EmbedderOptions options();

    /** Floats of a vector. */
    int size();

    /** The pooling in force: {@link Pooling#MEAN}, {@link Pooling#CLS} or {@link Pooling#LAST}. */
    Pooling pooling();

    /** The most tokens of one text, special ones and the prefix included. */
    int maxTokens();

    /** The vector of a text without a prefix. See {@link #embed(String, EmbedOptions)}. */
    default float[] embed(String text) {
        return embed(text, EmbedOptions.defaults());
    }

    /**
     * The vector of a text. Calls {@code llama_decode} and {@code llama_get_embeddings_seq}.
     *
     * @throws TextTooLongException if it has more than {@link #maxTokens()} and is not to be truncated
     * @throws TokenizeException if it has no tokens, has an unpaired surrogate, or cannot be encoded
     * @throws CancelledException if it was cancelled, or the thread is interrupted
     * @throws DecodeException if llama.cpp fails
     */
    float[] embed(String text, EmbedOptions options);

    /** As {@link #embedAll(List, EmbedOptions)}, of texts without a prefix. */
    default List<EmbeddingResult> embedAll(List<String> texts) {
        return embedAll(texts, EmbedOptions.defaults());
    }

    /** As {@link #embedAll(Iterable, EmbedOptions, Consumer)}, collected: one result for each text, in order. */
    default List<EmbeddingResult> embedAll(List<String> texts, EmbedOptions options) {
        List<EmbeddingResult> results = new ArrayList<>(texts.size());
        embedAll(texts, options, results::add);
        return results;
    }

    /**
     * The vectors of texts, one after the other and in order, on the calling thread. Takes texts as it goes on and holds no
     * more of them than one pack. What is wrong with one text is in its result and does not affect the others.
     *
     * @param each takes each result; it must not use this embedder, but may close it
     * @throws CancelledException if it was cancelled, or the thread is interrupted: results given so far are whole
     * @throws DecodeException if llama.cpp fails
     */
    void embedAll(Iterable<String> texts, EmbedOptions options, Consumer<EmbeddingResult> each);

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /** Stops what is under way, waits for it, and frees its context. Any thread; a second call does nothing. */
    @Override
    void close();
}
