package io.github.llamaffm.benchmarks.sides;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param rounds of each case at most; beyond {@link Goal#PAIRS} only until the noise is small
 * @param leastRounds however long they take
 * @param roundsOfOthers of those that ours is shown beside and not judged by
 * @param time for all cases of ours beside the tools: each may take twice its share of what is left
 * @param prompt tokens of the long prompt of the default model, and what is there before its generation at a depth
 * @param words of the text that is embedded
 * @param largeDepth before the generation of the large model
 */
record Profile(String name, int rounds, int leastRounds, int roundsOfOthers, int starts, Duration time, int shortPrompt, int prompt,
               int generated, int largeGenerated, int largeDepth, int words, int textBytes) {

    /** Figures, not how fast they are. */
    static final Profile SMOKE = new Profile("smoke", 1, 1, 1, 1, Duration.ZERO, 32, 64, 16, 8, 32, 16, 100_000);
    /** All of it on two cores in half an hour. */
    static final Profile SHORT = new Profile("short", 15, 3, 1, 20, Duration.ofMinutes(16), 512, 4096, 128, 64, 1024, 200, 10_000_000);
    /** Enough pairs of everything, and of what is short more until the machine's noise is told from what is measured: under two hours. */
    static final Profile FULL = new Profile("full", 45, 15, 3, 20, Duration.ofMinutes(60), 512, 4096, 128, 64, 4096, 200, 10_000_000);

    static Profile of(String name) {
        return switch (name) {
            case "smoke" -> SMOKE;
            case "short" -> SHORT;
            case "full" -> FULL;
            default -> throw new IllegalArgumentException("smoke, short or full, not " + name);
        };
    }
}
