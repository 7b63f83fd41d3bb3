package io.github.llamaffm.cli.bench;

import java.util.Optional;

/**
 * What a test of tokens took.
 *
 * @param nanos of each repetition
 * @param firstToken nanoseconds of each repetition until the first token was chosen; empty where none is, or no prompt comes before
 * @param heapBytes allocated on the heap in each repetition
 */
record TokenResult(Case.OfTokens test, Facts facts, Samples nanos, Optional<Samples> firstToken, Samples heapBytes) {

    int tokens() {
        return test.prompt() + test.generated();
    }

    Samples rates() {
        return nanos.rates(tokens());
    }

    /** Of the repetition with the least: what a JVM allocates once, such as to link a call, is in no other. */
    double heapBytesPerToken() {
        return heapBytes.least() / tokens();
    }
}
