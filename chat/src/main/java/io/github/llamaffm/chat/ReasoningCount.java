package io.github.llamaffm.chat;

import java.util.List;

/** How many tokens of an answer are thoughts: from the first piece of them to the last, without what begins and what ends them. */
final class ReasoningCount {

    private int before;
    private int told;
    private int thoughts;

    /** Whether what was told last are thoughts. */
    private boolean thinking;

    /** Events that so many tokens have led to, by now. */
    void read(List<ChatEvent> events, int tokens) {
        if (events.stream().anyMatch(ChatEvent.Reasoning.class::isInstance)) {
            // Tokens that were not told at once were thoughts if there were thoughts before them.
            thoughts += tokens - (thinking ? told : before);
        }
        if (!events.isEmpty()) {
            thinking = events.getLast() instanceof ChatEvent.Reasoning;
            told = tokens;
        }
        before = tokens;
    }

    int tokens() {
        return thoughts;
    }
}
