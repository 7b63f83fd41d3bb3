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
        List<Message> closed = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            closed.add(messages.get(i) instanceof AssistantMessage(Content content, var reasoning, List<ToolCall> calls)
                    ? new AssistantMessage(content, reasoning, answered(calls, messages.subList(i + 1, messages.size())))
                    : messages.get(i));
        }
        return closed;
    }

    /** Those that are answered before the model speaks again: some templates count ids from 0 on in each message. */
    private static List<ToolCall> answered(List<ToolCall> calls, List<Message> then) {
        Set<String> ids = then.stream()
                .takeWhile(ToolMessage.class::isInstance)
                .map(message -> ((ToolMessage) message).callId())
                .collect(Collectors.toSet());
        return calls.stream().filter(call -> ids.contains(call.id())).toList();
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
