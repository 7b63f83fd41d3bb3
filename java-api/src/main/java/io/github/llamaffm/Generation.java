package io.github.llamaffm;

import java.util.Iterator;

/**
 * One answer being made, as pieces of text. Used like its context: one thread at a time, except for {@link #cancel()} and
 * {@link #close()}. No thread works between two pieces.
 *
 * <p>It may be left at any piece without harm: close it, or just use its sequence again. The sequence then has every token
 * that was sampled. Text is never cut inside a character, and what may be the start of a stop string is held back.
 */
public interface Generation extends Iterable<String>, AutoCloseable {

    /**
     * The pieces, none of them empty; once only. {@code hasNext()} computes the next one; what fails is thrown by {@code
     * next()}: {@link NoKvSpaceException}, {@link DecodeException}, {@link SamplingException}, {@link
     * PoisonedContextException}, {@link ConcurrentUseException}, or {@link IllegalStateException} when the context is closed.
     */
    @Override
    Iterator<String> iterator();

    /**
     * The whole answer. Runs to its end first where it has not ended, and throws what failed.
     */
    GenerationResult result();

    /** Ends this generation with {@link FinishReason#CANCELLED}, also inside a long prompt. Any thread. */
    void cancel();

    /**
     * Ends this generation where it is: there are no more pieces, and {@link #result()} tells what there was. Any thread; a
     * second call does nothing.
     */
    @Override
    void close();
}
