package io.github.llamaffm.chat;

import java.util.List;

/**
 * One answer of the model.
 *
 * @param message what it said
 * @param reason why it ended
 * @param usage what it took
 * @param probabilities of its tokens, where they were asked for; else empty
 */
record Round(AssistantMessage message, StopReason reason, ChatEvent.Usage usage, List<TokenProbability> probabilities) {}
