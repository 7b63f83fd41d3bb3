package io.github.llamaffm.internal.chat;

/** The search of what is computed of a prompt already, of which the flight recorder is told at its end. */
public interface CacheLookup {

    /**
     * A conversation has the first tokens.
     *
     * @param cachedTokens so many
     * @param forked whether they are in a copy, so that the conversation itself stays
     * @param restored whether the memory went back to a checkpoint
     */
    void hit(int promptTokens, int cachedTokens, boolean forked, boolean restored);

    /**
     * All of it has to be computed.
     *
     * @param restarted whether a conversation had the first tokens, and its memory could not go back to them
     */
    void missed(int promptTokens, boolean restarted);
}
