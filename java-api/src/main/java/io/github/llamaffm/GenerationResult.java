package io.github.llamaffm;

import java.time.Duration;
import java.util.Arrays;

/**
 * What a generation made.
 *
 * @param text all pieces together
 * @param tokens every token that was sampled, also one that ended the generation or belongs to a stop string
 * @param reason why it ended
 * @param promptTokens tokens of the prompt, special ones included
 * @param timings how long it took
 */
public record GenerationResult(String text, int[] tokens, FinishReason reason, int promptTokens, Timings timings) {

    /** Copies the tokens. */
    public GenerationResult {
        tokens = tokens.clone();
    }

    /** A copy. */
    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GenerationResult that
                && text.equals(that.text)
                && Arrays.equals(tokens, that.tokens)
                && reason == that.reason
                && promptTokens == that.promptTokens
                && timings.equals(that.timings);
    }

    @Override
    public int hashCode() {
        return 31 * text.hashCode() + Arrays.hashCode(tokens);
    }

    @Override
    public String toString() {
        return "GenerationResult[reason=%s, promptTokens=%d, tokens=%d, timings=%s, text=%s]"
                .formatted(reason, promptTokens, tokens.length, timings, text);
    }

    /**
     * How long a generation took, without the time between its pieces.
     *
     * @param prompt from the first piece asked for until the first token was sampled
     * @param generation from then on
     */
    public record Timings(Duration prompt, Duration generation) {}

    /** Prompt tokens per second; 0 where nothing was measured. */
    public double promptTokensPerSecond() {
        return perSecond(promptTokens, timings.prompt);
    }

    /** Tokens per second after the first, which counts for the prompt; 0 where nothing was measured. */
    public double tokensPerSecond() {
        return perSecond(tokens.length - 1, timings.generation);
    }

    private static double perSecond(int count, Duration time) {
        return count <= 0 || time.isZero() ? 0 : count * 1e9 / time.toNanos();
    }
}
