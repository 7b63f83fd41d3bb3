package io.github.llamaffm.benchmarks.calls;

/**
 * What one call costs over one library.
 *
 * @param javaNanos in Java, the median of all iterations
 * @param cBefore nanoseconds in C in a run before Java's, the median of its rounds
 * @param cAfter the same after it
 * @param bytes of the Java heap
 */
record Cost(Call call, Library library, double javaNanos, double cBefore, double cAfter, double bytes) {

    /** A machine that becomes slower meanwhile favours neither side. */
    double cNanos() {
        return (cBefore + cAfter) / 2;
    }

    double difference() {
        return javaNanos - cNanos();
    }

    /** How far the runs in C are apart, as a part of their mean: where it is large, so is the error of the difference. */
    double unrest() {
        return Math.abs(cAfter - cBefore) / cNanos();
    }
}
