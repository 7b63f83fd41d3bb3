package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Renders as much of a conversation as fits, where that is asked for. */
final class FittingPrompt {

    private final PromptTemplate template;
    private final int capacity;

    FittingPrompt(PromptTemplate template, int capacity) {
        this.template = template;
        this.capacity = capacity;
    }

    /**
     * With {@link WhenContextFull#DROP_OLDEST}: as many of the newest turns as leave room for an answer, at least the last one,
     * and all system messages.
     *
     * @throws TemplateException if the template does not take these messages
     * @throws ContextFullException if not even that fits
     */
    RenderedPrompt render(List<Message> messages, AskOptions.Values options) {
        RenderedPrompt whole = template.render(messages, options);
        if (whole.tokens().length <= most(options)) {
            return whole;
        }
        if (options.whenFull() == WhenContextFull.DROP_OLDEST) {
            return renderNewest(messages, whole, options);
        }
        return require(whole);
    }

    private RenderedPrompt renderNewest(List<Message> messages, RenderedPrompt whole, AskOptions.Values options) {
        List<Integer> turns = turns(messages);
        RenderedPrompt fitting = whole;
        // What fits with more turns dropped fits with all of these: looked for by halves.
        int low = 1;
        int high = turns.size() - 1;
        while (low <= high) {
            int dropped = (low + high) / 2;
            RenderedPrompt rendered = template.render(from(messages, turns.get(dropped)), options);
            boolean fits = rendered.tokens().length <= most(options);
            if (fits || rendered.tokens().length < fitting.tokens().length && fitting.tokens().length > most(options)) {
                fitting = rendered;
            }
            if (fits) {
                high = dropped - 1;
            } else {
                low = dropped + 1;
            }
        }
        return require(fitting);
    }

    private RenderedPrompt require(RenderedPrompt prompt) {
        if (prompt.tokens().length > capacity) {
            throw new ContextFullException(prompt.tokens().length, capacity);
        }
        return prompt;
    }

    /** Without {@link WhenContextFull#DROP_OLDEST} an answer takes what is left. */
    private int most(AskOptions.Values options) {
        if (options.whenFull() == WhenContextFull.FAIL) {
            return capacity;
        }
        OptionalInt answer = options.maxTokens();
        return capacity - Math.min(answer.orElse(capacity / 4), capacity / 2);
    }

    /** Where turns begin: each with a message of the user. */
    private static List<Integer> turns(List<Message> messages) {
        List<Integer> turns = new ArrayList<>();
        turns.add(0);
        boolean begun = false;
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof UserMessage && begun) {
                turns.add(i);
            }
            begun |= !(messages.get(i) instanceof SystemMessage);
        }
        return turns;
    }

    private static List<Message> from(List<Message> messages, int start) {
        List<Message> kept = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (i >= start || messages.get(i) instanceof SystemMessage) {
                kept.add(messages.get(i));
            }
        }
        return kept;
    }
}
