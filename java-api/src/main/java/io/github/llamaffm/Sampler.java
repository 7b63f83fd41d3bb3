package io.github.llamaffm;

import java.util.List;
import java.util.OptionalInt;

/** A chain of samplers with its state. One thread at a time. */
public interface Sampler extends AutoCloseable {

    /** What it was made of. */
    SamplerOptions options();

    /**
     * The seed in use; empty where nothing is random. Where some links were given a seed of their own, that of the others; where
     * all were, the last one.
     */
    OptionalInt seed();

    /**
     * Chooses a token and accepts it. Does what {@code llama_sampler_sample} does.
     *
     * @param row of the last batch that the context decoded; it must have asked for logits
     * @throws IllegalArgumentException if it did not, or the context is of another model
     * @throws SamplingException if no token could be chosen: all were excluded, a grammar allows none of those that are left, or
     *     the model computed logits that are no finite numbers
     */
    int sample(Context context, int row);

    /**
     * The tokens that the chain leaves to its last link to choose from, best first, without those that were excluded. Their
     * probabilities are those among all that are left, {@code most} or not: log-softmax of the logits as the chain left them. So
     * they are the model's own only for a chain of a single link. Nothing is accepted, and no random number is used up.
     *
     * @param row of the last batch that the context decoded; it must have asked for logits
     * @param most how many at most
     * @throws IllegalArgumentException if it did not, or the context is of another model
     * @throws SamplingException if a grammar allows none of those that are left
     */
    List<Candidate> candidates(Context context, int row, int most);

    /**
     * Tells the chain of tokens that were not sampled by it, such as a prompt. A grammar is not told: it follows what is
     * sampled. Calls {@code llama_sampler_accept}.
     */
    void accept(int... tokens);

    /** Forgets all tokens and starts the random numbers and the grammar anew. Calls {@code llama_sampler_reset}. */
    void reset();

    /**
     * Another sampler of the same model with the same state: random numbers, tokens, grammar. It is closed for itself. Calls
     * {@code llama_sampler_clone}.
     *
     * @throws UnsupportedOperationException if a link that is written in Java cannot be copied
     */
    Sampler copy();

    /** Frees the chain. A second call does nothing. Calls {@code llama_sampler_free}. */
    @Override
    void close();
}
