package io.github.llamaffm.cli.bench;

import java.util.Arrays;

/** One number of each repetition, with the statistics of llama-bench. */
final class Samples {

    private final double[] values;

    private Samples(double[] values) {
        this.values = values;
    }

    static Samples of(double... values) {
        return new Samples(values.clone());
    }

    /** Of whole numbers. */
    static Samples of(long... values) {
        return new Samples(Arrays.stream(values).mapToDouble(value -> value).toArray());
    }

    /** Tokens per second, where these are nanoseconds. */
    Samples rates(double tokens) {
        return new Samples(Arrays.stream(values).map(nanos -> 1e9 * tokens / nanos).toArray());
    }

    double[] values() {
        return values.clone();
    }

    double mean() {
        return Arrays.stream(values).sum() / values.length;
    }

    /** Of a sample: divided by n - 1; 0 where there is one value only. */
    double deviation() {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean();
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /** The least of them. */
    double least() {
        return Arrays.stream(values).min().orElseThrow();
    }
}
