package io.github.llamaffm.chat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole answer.
 *
 * @param message what the model said: of the last round, where tools were run
 * @param newMessages everything that the call added to the conversation, in order: calls and answers of tools too
 * @param reason why it ended
 * @param usage what it took
 * @param probabilities of the tokens of {@code message}, where they were asked for; else empty
 */
public record Answer(
        AssistantMessage message,
        List<Message> newMessages,
        StopReason reason,
        ChatEvent.Usage usage,
        List<TokenProbability> probabilities) {

    /** Copies the lists. */
    public Answer {
        newMessages = List.copyOf(newMessages);
        probabilities = List.copyOf(probabilities);
    }

    /** The calls of the message that no tool has answered: with {@link StopReason#TOOL_CALLS} the caller's to answer. */
    public List<ToolCall> openToolCalls() {
        // Some templates count their ids from 0 on in each message.
        Set<String> answered = newMessages.subList(newMessages.lastIndexOf(message) + 1, newMessages.size()).stream()
                .flatMap(added -> added instanceof ToolMessage(_, String id, _) ? Stream.of(id) : Stream.empty())
                .collect(Collectors.toSet());
        return message.toolCalls().stream().filter(call -> !answered.contains(call.id())).toList();
    }

    /** What the model said, without its thoughts. */
    public String text() {
        return message.content().text();
    }
}
