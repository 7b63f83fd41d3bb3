package io.github.llamaffm;

import java.util.OptionalInt;

/** A chain of samplers with its state. One thread at a time. */
public interface Sampler extends AutoCloseable {

    /** What it was made of. */
    SamplerOptions options();

    /** The seed in use; empty where nothing is random. */
    OptionalInt seed();

    /**
     * Chooses a token and accepts it. Calls {@code llama_sampler_sample}.
     *
     * @param row of the last batch that the context decoded; it must have asked for logits
     * @throws IllegalArgumentException if it did not, or the context is of another model
     * @throws SamplingException if no token could be chosen
     */
    int sample(Context context, int row);

    /** Tells the chain of tokens that were not sampled by it, such as a prompt. Calls {@code llama_sampler_accept}. */
    void accept(int... tokens);

    /** Forgets all tokens and starts the random numbers anew. Calls {@code llama_sampler_reset}. */
    void reset();

    /** Frees the chain. A second call does nothing. Calls {@code llama_sampler_free}. */
    @Override
    void close();
}
