package io.github.llamaffm.chat;

import java.util.OptionalInt;

/**
 * Whether a model thinks before it answers, where its template knows how; where it has no thoughts, none of this changes anything.
 *
 * @param mode whether
 * @param budget tokens of thought, after which the answer has to begin; counted from what begins the thoughts, in the prompt or in the
 *     answer, as llama-server counts them. 0 ends them at once; empty: no limit but those of the answer
 */
public record Reasoning(Mode mode, OptionalInt budget) {

    /** Checks the values. */
    public Reasoning {
        if (budget.isPresent() && budget.getAsInt() < 0) {
            throw new IllegalArgumentException("a budget of %d tokens is negative".formatted(budget.getAsInt()));
        }
        if (budget.isPresent() && mode == Mode.OFF) {
            throw new IllegalArgumentException("reasoning that is off has no budget");
        }
    }

    /** Whether. */
    public enum Mode {
        /** It may: thinking is allowed. */
        MODEL,
        /** It does not. */
        OFF
    }

    /** The model may think, for as long as it takes. */
    public static Reasoning model() {
        return new Reasoning(Mode.MODEL, OptionalInt.empty());
    }

    /** No thoughts: the template does without, and where it thinks all the same, its thoughts are ended where they begin. */
    public static Reasoning off() {
        return new Reasoning(Mode.OFF, OptionalInt.empty());
    }

    /** Thoughts of at most so many tokens, then the answer; 0 ends them where they begin. */
    public static Reasoning budget(int tokens) {
        return new Reasoning(Mode.MODEL, OptionalInt.of(tokens));
    }

    /** What thoughts may take; empty: no limit. */
    OptionalInt limit() {
        return mode == Mode.OFF ? OptionalInt.of(0) : budget;
    }
}
