package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Sequence;
import java.util.function.IntConsumer;

/**
 * Lets the JVM compile what each token runs through, which it does once that has run some two hundred times: in the first
 * hundred tokens of a small model, the interpreter and the compiler's thread would take a twentieth of the time.
 */
final class WarmUp {

    /** More than the JVM waits for, with {@code -XX:TieredStopAtLevel=1} and without. */
    private static final int TOKENS = 256;

    private static final int TOKENS_AT_ONCE = 16;

    /** Of a model that is so slow that it shows none of this. */
    private static final long NANOS = 2_000_000_000L;

    private WarmUp() {}

    /**
     * @param generated tokens of the test; nothing is done where it has none
     * @param generate computes so many tokens, one by one
     */
    static void untilCompiled(int generated, Sequence sequence, IntConsumer generate) {
        long start = System.nanoTime();
        int atOnce = Math.min(generated, TOKENS_AT_ONCE);
        for (int done = 0; atOnce > 0 && done < TOKENS && System.nanoTime() - start < NANOS; done += atOnce) {
            sequence.clear();
            generate.accept(atOnce);
        }
    }
}
