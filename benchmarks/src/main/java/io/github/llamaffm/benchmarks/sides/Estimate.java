package io.github.llamaffm.benchmarks.sides;

import java.util.Optional;

/** A median with its 95 % interval, which fewer than 6 values do not have. */
public record Estimate(double median, Optional<Interval> interval, int values) {

    public static Estimate of(double... values) {
        return new Estimate(Statistics.median(values), Statistics.interval(values), values.length);
    }
}
