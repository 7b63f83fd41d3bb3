package io.github.llamaffm.chat;

/**
 * What the cache saved, since the model was opened.
 *
 * @param requests prompts, each round of tools one
 * @param promptTokens of all of them
 * @param reusedTokens that were cached
 * @param evaluatedTokens that were not
 * @param checkpointsRestored prompts for which the memory went back to a checkpoint, because it cannot be cut
 * @param restarts prompts that were evaluated from the first token on although a prefix was cached
 */
public record CacheCounters(
        long requests, long promptTokens, long reusedTokens, long evaluatedTokens, long checkpointsRestored, long restarts) {}
