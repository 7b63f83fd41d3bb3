package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a history keeps of an answer. */
final class Kept {

    private Kept() {}

    /** All of one that the model ended; of one that was cut, what was said, without calls of tools that nobody will answer. Perhaps nothing. */
    static List<Message> of(Answer answer) {
        return switch (answer.reason()) {
            case END, TOOL_CALLS -> answer.newMessages();
            case STOP -> withoutOpenCalls(answer.newMessages());
            case LENGTH, DEADLINE, CANCELLED -> withoutSilence(withoutOpenCalls(answer.newMessages()));
        };
    }

    private static List<Message> withoutOpenCalls(List<Message> messages) {
        Set<String> answered = messages.stream()
                .filter(ToolMessage.class::isInstance)
                .map(message -> ((ToolMessage) message).callId())
                .collect(Collectors.toSet());
        return messages.stream().map(message -> withCalls(message, answered)).toList();
    }

    private static Message withCalls(Message message, Set<String> answered) {
        return message instanceof AssistantMessage(Content content, var reasoning, List<ToolCall> calls)
                ? new AssistantMessage(content, reasoning, calls.stream().filter(call -> answered.contains(call.id())).toList())
                : message;
    }

    private static List<Message> withoutSilence(List<Message> messages) {
        List<Message> said = new ArrayList<>(messages);
        if (!said.isEmpty() && said.getLast() instanceof AssistantMessage(Content content, var reasoning, List<ToolCall> calls)
                && content.text().isEmpty() && reasoning.isEmpty() && calls.isEmpty()) {
            said.removeLast();
        }
        return said;
    }
}
