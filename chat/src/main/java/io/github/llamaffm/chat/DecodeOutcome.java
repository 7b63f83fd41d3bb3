package io.github.llamaffm.chat;

import io.github.llamaffm.FinishReason;
import java.time.Duration;

/**
 * What became of a prompt.
 *
 * @param reason why the answer ended
 * @param tokens of the answer
 * @param cachedTokens of the prompt that were not evaluated again
 * @param waiting until it had its turn
 * @param prompt from then until the first token
 * @param generation from then on
 */
record DecodeOutcome(FinishReason reason, int[] tokens, int cachedTokens, Duration waiting, Duration prompt, Duration generation) {}
