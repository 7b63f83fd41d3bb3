package io.github.llamaffm.benchmarks.sides;

import java.util.Locale;

/** How a value is shown to people. */
enum Unit {
    /** Nanoseconds for a token, as tokens per second. */
    TOKENS_PER_SECOND,
    /** Nanoseconds for a megabyte, as megabytes per second. */
    MEGABYTES_PER_SECOND,
    /** Nanoseconds, as milliseconds. */
    MILLISECONDS,
    /** Bytes, as MiB. */
    MEBIBYTES;

    String show(double value) {
        return switch (this) {
            case TOKENS_PER_SECOND -> digits(1e9 / value) + " t/s";
            case MEGABYTES_PER_SECOND -> digits(1e9 / value) + " MB/s";
            case MILLISECONDS -> digits(value / 1e6) + " ms";
            case MEBIBYTES -> digits(value / (1 << 20)) + " MiB";
        };
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.1f", value);
    }
}
