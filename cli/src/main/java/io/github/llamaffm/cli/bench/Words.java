package io.github.llamaffm.cli.bench;

import java.util.Locale;

/** Values as llama-bench writes them. */
final class Words {

    private Words() {}

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String bytes(long bytes) {
        return bytes < 1L << 30 ? format("%.2f MiB", bytes / (double) (1 << 20)) : format("%.2f GiB", bytes / (double) (1 << 30));
    }

    static String parameters(long count) {
        return count < 1_000_000_000 ? format("%.2f M", count / 1e6) : format("%.2f B", count / 1e9);
    }

    /** Mean and standard deviation. */
    static String spread(Samples samples) {
        return format("%.2f ± %.2f", samples.mean(), samples.deviation());
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
