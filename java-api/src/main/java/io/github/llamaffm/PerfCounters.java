package io.github.llamaffm;

import java.time.Duration;

/**
 * What a context has computed since it was made, or since {@link Context#resetPerf()}. As llama.cpp counts: a batch of one token
 * is generation, a larger one is a prompt, and tokens that are decoded one after the other without a look at their logits are
 * one prompt. Calls {@code llama_perf_context}.
 *
 * @param load from the making of the context to the end of its first computation; not reset
 * @param prompt time in batches of several tokens
 * @param generation time in batches of one token
 * @param promptTokens tokens of those
 * @param generatedTokens tokens of these
 * @param reusedGraphs computations that could use the graph of the one before
 * @param forks calls of {@link Sequence#fork()}
 * @param copiedBytes of tensor data that forks copied; 0 on a unified cache
 */
public record PerfCounters(
        Duration load, Duration prompt, Duration generation, int promptTokens, int generatedTokens, int reusedGraphs,
        long forks, long copiedBytes) {

    /** What llama.cpp has counted in both times together. */
    PerfCounters plus(PerfCounters earlier) {
        return new PerfCounters(
                load, prompt.plus(earlier.prompt), generation.plus(earlier.generation), promptTokens + earlier.promptTokens,
                generatedTokens + earlier.generatedTokens, reusedGraphs + earlier.reusedGraphs, forks, copiedBytes);
    }
}
