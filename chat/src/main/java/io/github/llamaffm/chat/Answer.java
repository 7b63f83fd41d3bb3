package io.github.llamaffm.chat;

import java.util.List;

/**
 * A whole answer.
 *
 * @param message what the model said: of the last round, where tools were run
 * @param newMessages everything that the call added to the conversation, in order, {@code message} last: calls and answers of tools too
 * @param reason why it ended
 * @param usage what it took
 * @param probabilities of its tokens, where they were asked for; else empty
 */
public record Answer(
        AssistantMessage message,
        List<Message> newMessages,
        FinishReason reason,
        ChatEvent.Usage usage,
        List<TokenProbability> probabilities) {

    /** Copies the lists. */
    public Answer {
        newMessages = List.copyOf(newMessages);
        probabilities = List.copyOf(probabilities);
    }

    /** What the model said, without its thoughts. */
    public String text() {
        return message.content().text();
    }
}
