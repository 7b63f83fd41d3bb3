package io.github.llamaffm.internal.chat;

/**
 * A sampler written in Java that holds back a grammar which waits for its trigger, as long as a model thinks: then nothing that it
 * writes is one.
 */
public interface GrammarHold {

    /**
     * What of the answer a trigger may be in by now, asked after each token that was accepted.
     *
     * @return 0: not this token; else it may, and where tokens before it were held back, so many bytes at the end of the answer
     */
    int shown();

    /** The grammar has begun: what comes now is what it asks for. */
    void begun();
}
