package io.github.llamaffm.cli;

import io.github.llamaffm.GenerationResult;
import java.time.Duration;
import java.util.Locale;

/** The line that tells what a completion took. */
final class Summary {

    private Summary() {}

    static String of(Duration loading, GenerationResult result) {
        return String.format(
                Locale.ROOT,
                "load %d ms, prompt %d tokens at %s t/s, generation %d tokens at %s t/s, %s",
                loading.toMillis(),
                result.promptTokens(),
                rate(result.promptTokens(), result.timings().prompt()),
                result.tokens().length,
                rate(result.tokens().length, result.timings().generation()),
                switch (result.reason()) {
                    case END -> "end of text";
                    case LENGTH -> "stopped at --max-tokens";
                    case CANCELLED -> "interrupted";
                    case STOP, DEADLINE -> result.reason().name().toLowerCase(Locale.ROOT);
                });
    }

    /** Tokens per second; a dash where nothing was measured. */
    private static String rate(int tokens, Duration time) {
        return time.isPositive() ? String.format(Locale.ROOT, "%.1f", tokens * 1e9 / time.toNanos()) : "-";
    }
}
