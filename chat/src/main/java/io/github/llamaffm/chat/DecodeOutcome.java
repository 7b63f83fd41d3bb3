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
        Duration generation) {}
