package io.github.llamaffm.cli.bench;

import java.util.List;

/** Everything that is to be measured, and how it is printed. */
public final class BenchPlan {

    private final Tests tests;
    private final Shown shown;
    private final int repetitions;
    private final Format format;

    BenchPlan(Tests tests, Shown shown, int repetitions, Format format) {
        this.tests = tests;
        this.shown = shown;
        this.repetitions = repetitions;
        this.format = format;
    }

    /** Of one kind: each has a table of its own. */
    sealed interface Tests {

        /** As llama-bench has them. */
        record OfTokens(List<Case.OfTokens> all) implements Tests {}

        /** As llama-batched-bench has them. */
        record OfSequences(List<Case.OfSequences> all) implements Tests {}
    }

    Tests tests() {
        return tests;
    }

    Shown shown() {
        return shown;
    }

    int repetitions() {
        return repetitions;
    }

    Format format() {
        return format;
    }
}
