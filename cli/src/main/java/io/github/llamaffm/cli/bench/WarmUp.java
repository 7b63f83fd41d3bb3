package io.github.llamaffm.cli.bench;

/**
 * What comes before the first repetition: what llama-bench does then, again and again until the JVM has compiled it, which it does
 * after some two hundred times. Interpreted, the first hundred tokens of a small model take a twentieth longer, and so do
 * short prompts on a GPU.
 */
final class WarmUp {

    /** More than the JVM waits for, with {@code -XX:TieredStopAtLevel=1} and without. */
    private static final int STEPS = 256;

    /** A model that needs longer shows none of this. */
    private static final long NANOS = 2_000_000_000L;

    private WarmUp() {}

    static void run(Runnable step) {
        long start = System.nanoTime();
        int done = 0;
        do {
            step.run();
        } while (++done < STEPS && System.nanoTime() - start < NANOS);
    }
}
