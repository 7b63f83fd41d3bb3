package io.github.llamaffm;

import java.util.List;

/**
 * Scores how well passages answer a query, with a model that was trained for it. Made by {@link
 * Model#newReranker(RerankerOptions)}; one thread at a time, platform or virtual: overlapping use throws {@link
 * ConcurrentUseException}.
 *
 * <p>Query and passage are put together as the model's metadata says ({@code tokenizer.chat_template.rerank}), else as
 * llama-server does: BOS, query, EOS, separator, passage, EOS, as far as the vocabulary wants each. Pairs are computed in
 * packs, see {@link Embedder}.
 */
public interface Reranker extends AutoCloseable {

    /** The model. Its {@link ModelInfo#classLabels()} name the outputs. */
    Model model();

    /** The options as asked for. */
    RerankerOptions options();

    /** The most tokens of one pair, special ones included. */
    int maxTokens();

    /** As {@link #rank(String, List, RankOptions)}, cancelled by an interrupt only. */
    default List<RankResult> rank(String query, List<String> passages) {
        return rank(query, passages, RankOptions.defaults());
    }

    /**
     * One result for each passage, in their order: sort by {@link RankResult#bestFirst()}. What is wrong with one passage is
     * in its result and does not affect the others. Calls {@code llama_decode} and {@code llama_get_embeddings_seq}.
     *
     * @throws CancelledException if it was cancelled, or the thread is interrupted
     * @throws DecodeException if llama.cpp fails
     */
    List<RankResult> rank(String query, List<String> passages, RankOptions rankOptions);

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /** Stops what is under way, waits for it, and frees its context. Any thread; a second call does nothing. */
    @Override
    void close();
}
