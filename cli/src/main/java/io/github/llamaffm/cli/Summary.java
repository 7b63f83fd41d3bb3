package io.github.llamaffm.cli;

import io.github.llamaffm.GenerationResult;
import java.time.Duration;
import java.util.Locale;

/** The line that tells what a completion took. */
final class Summary {

    private Summary() {}

    static String of(Duration loading, GenerationResult result) {
        return "load " + loading.toMillis() + " ms"
                + ", prompt " + result.promptTokens() + " tokens at " + rate(result.promptTokensPerSecond())
                + ", generation " + result.tokens().length + " tokens at " + rate(result.tokensPerSecond())
                + ", " + switch (result.reason()) {
                    case END -> "end of text";
                    case LENGTH -> "length limit";
                    case CANCELLED -> "interrupted";
                    case STOP, DEADLINE -> result.reason().name().toLowerCase(Locale.ROOT);
                };
    }

    /** A dash where nothing was measured. */
    private static String rate(double tokensPerSecond) {
        return (tokensPerSecond == 0 ? "-" : String.format(Locale.ROOT, "%.1f", tokensPerSecond)) + " t/s";
    }
}
