package io.github.llamaffm.benchmarks.calls;

/**
 * What one call costs over one library.
 *
 * @param javaNanos in Java, the median of all iterations
 * @param cNanos in C, the mean of a run before Java's and one after it, each the median of its rounds
 * @param bytes of the Java heap
 */
record Cost(Call call, Library library, double javaNanos, double cNanos, double bytes) {

    double difference() {
        return javaNanos - cNanos;
    }
}
