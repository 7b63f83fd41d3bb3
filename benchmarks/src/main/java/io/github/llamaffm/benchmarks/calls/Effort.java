package io.github.llamaffm.benchmarks.calls;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How long everything is measured. */
enum Effort {

    /** One iteration, in this JVM: whether everything runs, not how fast. */
    SMOKE(0, 0, 1, 1, 1, 1),

    /** A minute and a half in all. */
    SHORT(1, 2, 3, 1000, 100, 5),

    /** Ten minutes. */
    LONG(3, 5, 5, 1000, 500, 11);

    private final int forks;
    private final int warmups;
    private final int iterations;
    private final int millis;
    private final int loopMillis;
    private final int rounds;

    Effort(int forks, int warmups, int iterations, int millis, int loopMillis, int rounds) {
        this.forks = forks;
        this.warmups = warmups;
        this.iterations = iterations;
        this.millis = millis;
        this.loopMillis = loopMillis;
        this.rounds = rounds;
    }

    void applyTo(ChainedOptionsBuilder options) {
        options.forks(forks)
                .warmupIterations(warmups)
                .warmupTime(TimeValue.milliseconds(millis))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.milliseconds(millis));
    }

    /** Of each round of each loop in C. */
    int loopMillis() {
        return loopMillis;
    }

    /** Of each loop in C. */
    int rounds() {
        return rounds;
    }
}
