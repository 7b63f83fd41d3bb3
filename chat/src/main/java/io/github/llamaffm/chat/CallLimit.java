package io.github.llamaffm.chat;

import java.util.List;

/**
 * Of several calls in one answer, the first where only one is wanted. The grammars of some templates let a model ask for more all the
 * same, and templates that have one call in a message do not render more.
 *
 * @param several whether more than one is wanted
 */
record CallLimit(boolean several) {

    static CallLimit of(AskOptions.Values options, ChatTemplate template) {
        return new CallLimit(template.parallelToolCalls() && options.parallelToolCalls().orElse(true));
    }

    /** Without those of further calls. */
    List<ChatEvent> of(List<ChatEvent> events) {
        return several ? events : events.stream().filter(event -> switch (event) {
            case ChatEvent.ToolCallDelta(int index, _, _) -> index == 0;
            case ChatEvent.ToolCalled(int index, _) -> index == 0;
            default -> true;
        }).toList();
    }

    /** Without further calls. */
    AssistantMessage of(AssistantMessage message) {
        return several || message.toolCalls().size() < 2
                ? message
                : new AssistantMessage(message.content(), message.reasoning(), message.toolCalls().subList(0, 1));
    }
}
