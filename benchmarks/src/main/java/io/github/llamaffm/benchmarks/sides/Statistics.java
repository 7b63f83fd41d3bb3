package io.github.llamaffm.benchmarks.sides;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Medians and how sure they are. */
public final class Statistics {

    private static final double TAIL = 0.025;

    private Statistics() {}

    /** The mean of the two in the middle where their number is even. */
    public static double median(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("the median of no values");
        }
        double[] sorted = sorted(values);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Of one property of each. */
    static <T> double median(List<T> of, ToDoubleFunction<T> property) {
        return median(of.stream().mapToDouble(property).toArray());
    }

    /**
     * The 95 % confidence interval of the median: the order statistics between which it lies with at least that probability,
     * whatever the distribution of the values is (exact, by the binomial distribution).
     *
     * @return empty with fewer than 6 values: the least and the largest are not sure enough then
     */
    public static Optional<Interval> interval(double... values) {
        int rank = rank(values.length);
        if (rank == 0) {
            return Optional.empty();
        }
        double[] sorted = sorted(values);
        return Optional.of(new Interval(sorted[rank - 1], sorted[sorted.length - rank]));
    }

    /** The largest k for which fewer than k of n values lie below the median with a probability of at most 2.5 %; else 0. */
    static int rank(int n) {
        double probability = Math.pow(0.5, n);
        double below = 0;
        for (int k = 0; k <= n; k++) {
            below += probability;
            if (below > TAIL) {
                return k;
            }
            probability = probability * (n - k) / (k + 1);
        }
        return 0;
    }

    /** One for each pair. */
    public static double[] ratios(double[] over, double[] under) {
        if (over.length != under.length) {
            throw new IllegalArgumentException(over.length + " values have no pairs with " + under.length);
        }
        return IntStream.range(0, over.length).mapToDouble(i -> over[i] / under[i]).toArray();
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
