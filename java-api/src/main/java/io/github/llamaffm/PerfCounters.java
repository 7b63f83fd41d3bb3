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
 */
public record PerfCounters(
        Duration load, Duration prompt, Duration generation, int promptTokens, int generatedTokens, int reusedGraphs) {

    /** What both have counted together. */
    PerfCounters plus(PerfCounters other) {
        return new PerfCounters(
                load, prompt.plus(other.prompt), generation.plus(other.generation), promptTokens + other.promptTokens,
                generatedTokens + other.generatedTokens, reusedGraphs + other.reusedGraphs);
    }
}
