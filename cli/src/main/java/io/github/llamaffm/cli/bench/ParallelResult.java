package io.github.llamaffm.cli.bench;

/**
 * What a test of several sequences took.
 *
 * @param promptNanos of each repetition
 * @param generationNanos of each repetition
 * @param heapBytes allocated on the heap while tokens were computed one by one, in each repetition
 */
record ParallelResult(Case.OfSequences test, Facts facts, Samples promptNanos, Samples generationNanos, Samples heapBytes) {

    /** Of all prompts. */
    int promptTokens() {
        return test.sequences() * test.prompt();
    }

    int generatedTokens() {
        return test.sequences() * test.generated();
    }

    double promptSeconds() {
        return promptNanos.mean() / 1e9;
    }

    double generationSeconds() {
        return generationNanos.mean() / 1e9;
    }

    double seconds() {
        return promptSeconds() + generationSeconds();
    }

    double promptRate() {
        return promptTokens() / promptSeconds();
    }

    double generationRate() {
        return generatedTokens() / generationSeconds();
    }

    double rate() {
        return (promptTokens() + generatedTokens()) / seconds();
    }

    /** Of the repetition with the least: what a JVM allocates once, such as to link a call, is in no other. */
    double heapBytesPerToken() {
        return heapBytes.least() / generatedTokens();
    }
}
