package io.github.llamaffm.chat;

import java.util.OptionalInt;

/**
 * Whether a model thinks before it answers, where its template knows how.
 *
 * @param mode whether
 * @param budget tokens of thought, at least 1, after which the answer has to begin; empty: no limit but those of the answer
 */
public record Reasoning(Mode mode, OptionalInt budget) {

    /** Checks the values. */
    public Reasoning {
        if (budget.isPresent() && budget.getAsInt() < 1) {
            throw new IllegalArgumentException("a budget of %d tokens: at least 1, or Reasoning.off()".formatted(budget.getAsInt()));
        }
        if (budget.isPresent() && mode == Mode.OFF) {
            throw new IllegalArgumentException("reasoning that is off has no budget");
        }
    }

    /** Whether. */
    public enum Mode {
        /** As the template does where nobody says. */
        MODEL,
        /** It does not. */
        OFF,
        /** It does. */
        ON
    }

    /** As the template does where nobody says. */
    public static Reasoning model() {
        return new Reasoning(Mode.MODEL, OptionalInt.empty());
    }

    /** No thoughts. */
    public static Reasoning off() {
        return new Reasoning(Mode.OFF, OptionalInt.empty());
    }

    /** Thoughts of at most so many tokens. */
    public static Reasoning budget(int tokens) {
        return new Reasoning(Mode.ON, OptionalInt.of(tokens));
    }
}
