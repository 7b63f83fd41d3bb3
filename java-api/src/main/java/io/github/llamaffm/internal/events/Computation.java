package io.github.llamaffm.internal.events;

/**
 * What is told of a batch.
 *
 * @param model name of its file, without folders
 * @param contextId number of the context in this process, from 1
 * @param tokens rows of the batch
 * @param sequences that have rows in it
 * @param outputs rows that were asked for logits or embeddings
 * @param cachedTokens tokens that these sequences had in the cache before
 */
public record Computation(String model, long contextId, int tokens, int sequences, int outputs, int cachedTokens, int threads) {}
