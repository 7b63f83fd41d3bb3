package io.github.llamaffm;

/**
 * A sampler that is written in Java: a link of a chain, see {@link SamplerSpec.Custom}. It edits the candidates where they are,
 * without a copy and without an allocation.
 *
 * <p>What it throws ends the call that samples and reaches the caller as it is; the chain can be used on. It must not use the
 * sampler that it is a part of, nor close its context or end its generation, which it may cancel. It is called by one thread at a time, that of the caller or, where that
 * is a virtual thread, the context's own.
 */
@FunctionalInterface
public interface CandidateSampler {

    /**
     * Edits the candidates, or, where it ends the chain, selects one.
     *
     * <p>May be called more or less often than tokens are accepted: twice for a token that a grammar forbids, and by {@link
     * Sampler#candidates}, after which nothing is accepted. What counts tokens belongs into {@link #accept}.
     *
     * @param candidates never none; valid during this call only
     */
    void apply(Candidates candidates);

    /** Takes notice of a token that became part of the text, of the prompt too. Does nothing by default. */
    default void accept(int token) {}

    /** Forgets all tokens, for {@link Sampler#reset()}. Does nothing by default. */
    default void reset() {}

    /**
     * Another one with the same state, for {@link Sampler#copy()}; {@code this} where there is no state.
     *
     * @throws UnsupportedOperationException by default
     */
    default CandidateSampler copy() {
        throw new UnsupportedOperationException(
                getClass().getName() + " does not say how it is copied: override copy(), with `return this` where it has no state");
    }
}
