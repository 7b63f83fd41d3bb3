package io.github.llamaffm.chat;

import io.github.llamaffm.FinishReason;
import java.time.Duration;

/**
 * What became of a prompt.
 *
 * @param reason why the answer ended
 * @param tokens of the answer
 * @param promptTokens of the prompt
 * @param cachedTokens of these that were not evaluated again
 * @param waiting until it had its turn
 * @param prompt from then until the first token
 * @param generation from then on
 */
record DecodeOutcome(
        FinishReason reason,
        int[] tokens,
        int promptTokens,
        int cachedTokens,
        Duration waiting,
        Duration prompt,
        Duration generation) {

    private static final int[] NO_TOKENS = {};

    /** Of a prompt of which nothing was evaluated. */
    static DecodeOutcome withoutTurn(FinishReason reason, RenderedPrompt prompt, Duration waiting) {
        return new DecodeOutcome(reason, NO_TOKENS, prompt.tokens().length, 0, waiting, Duration.ZERO, Duration.ZERO);
    }
}
