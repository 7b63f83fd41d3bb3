package io.github.llamaffm.cli;

import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.ChatEvent;
import java.time.Duration;
import java.util.Locale;

/** The line that tells what a text took. */
final class Summary {

    private Summary() {}

    /** Of a completion. */
    static String of(Duration loading, GenerationResult result) {
        return line(loading, result.promptTokens(), result.promptTokensPerSecond(), result.tokens().length, result.tokensPerSecond(),
                result.reason());
    }

    /** Of an answer to a prompt of which nothing was cached. */
    static String of(Duration loading, Answer answer) {
        ChatEvent.Usage usage = answer.usage();
        return line(loading, usage.promptTokens(), promptRate(usage), usage.answerTokens(), answerRate(usage), answer.reason());
    }

    /** Of one turn of a conversation: what of it was computed, and how fast. */
    static String ofTurn(Answer answer) {
        ChatEvent.Usage usage = answer.usage();
        return "prompt %d tokens: %d reused, %d evaluated at %s; answer %d tokens at %s, %s".formatted(
                usage.promptTokens(), usage.cachedTokens(), usage.promptTokens() - usage.cachedTokens(), rate(promptRate(usage)),
                usage.answerTokens(), rate(answerRate(usage)), text(answer.reason()));
    }

    private static String line(
            Duration loading, int promptTokens, double promptRate, int tokens, double tokenRate, Enum<?> reason) {
        return "load %d ms, prompt %d tokens at %s, generation %d tokens at %s, %s".formatted(
                loading.toMillis(), promptTokens, rate(promptRate), tokens, rate(tokenRate), text(reason));
    }

    /** The same words for the reasons of all layers. */
    private static String text(Enum<?> reason) {
        return switch (reason.name()) {
            case "END" -> "end of text";
            case "LENGTH" -> "length limit";
            case "CANCELLED" -> "interrupted";
            case String name -> name.toLowerCase(Locale.ROOT);
        };
    }

    private static double promptRate(ChatEvent.Usage usage) {
        return perSecond(usage.promptTokens() - usage.cachedTokens(), usage.prompt());
    }

    /** The first token came with the prompt. */
    private static double answerRate(ChatEvent.Usage usage) {
        return perSecond(usage.answerTokens() - 1, usage.generation());
    }

    private static double perSecond(int tokens, Duration time) {
        return tokens <= 0 || time.isZero() ? 0 : tokens * 1e9 / time.toNanos();
    }

    /** A dash where nothing was measured. */
    private static String rate(double tokensPerSecond) {
        return (tokensPerSecond == 0 ? "-" : String.format(Locale.ROOT, "%.1f", tokensPerSecond)) + " t/s";
    }
}
