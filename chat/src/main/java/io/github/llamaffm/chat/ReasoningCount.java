package io.github.llamaffm.chat;

import java.util.List;

/** How many tokens of an answer are thoughts: those until the last piece of them. */
final class ReasoningCount {

    private int before;
    private int thoughts;

    /** Events that so many tokens have led to. */
    void read(List<ChatEvent> events, int tokens) {
        if (events.stream().anyMatch(ChatEvent.Reasoning.class::isInstance)) {
            thoughts += tokens - before;
        }
        before = tokens;
    }

    int tokens() {
        return thoughts;
    }
}
