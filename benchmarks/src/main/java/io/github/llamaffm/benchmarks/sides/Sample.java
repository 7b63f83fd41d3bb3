package io.github.llamaffm.benchmarks.sides;

import java.util.OptionalDouble;

/**
 * What one run gave.
 *
 * @param value nanoseconds for a unit of its case (a token, a megabyte, a call), or bytes
 * @param cpu nanoseconds of user CPU time for the same unit, where they are known
 */
record Sample(double value, OptionalDouble cpu) {

    Sample {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a run gave " + value + ", which is no measurement");
        }
    }

    static Sample of(double value) {
        return new Sample(value, OptionalDouble.empty());
    }
}
