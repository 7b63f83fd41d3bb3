package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * From where on an answer follows a grammar. A value.
 *
 * @param grammar what it follows
 * @param triggers the first of them that comes up in the answer starts the grammar with its own first character or token; none:
 *     the grammar holds from the first token on
 * @param written what the grammar begins with and the prompt has already, so that the answer goes on behind it; empty: nothing
 */
public record GrammarUse(Grammar grammar, List<Trigger> triggers, String written) {

    /** Copies the triggers. */
    public GrammarUse {
        triggers = List.copyOf(triggers);
        if (!written.isEmpty() && !triggers.isEmpty()) {
            throw new IllegalArgumentException("a grammar that waits for a trigger begins in the answer: nothing of it is written already");
        }
    }

    /** With nothing of it written already. */
    public GrammarUse(Grammar grammar, List<Trigger> triggers) {
        this(grammar, triggers, "");
    }

    /** The grammar holds from the first token on. */
    public static GrammarUse always(Grammar grammar) {
        return new GrammarUse(grammar, List.of());
    }

    /** The grammar holds from the first trigger on. */
    public static GrammarUse after(Grammar grammar, Trigger... triggers) {
        if (triggers.length == 0) {
            throw new IllegalArgumentException("without a trigger the grammar would never start: use always(grammar)");
        }
        return new GrammarUse(grammar, List.of(triggers));
    }

    /**
     * The same, where the prompt ends with the beginning of what the grammar asks for. A sampler cannot be made if the grammar does not
     * begin like this.
     */
    public GrammarUse behind(String text) {
        return new GrammarUse(grammar, triggers, text);
    }

    /** What starts a grammar. */
    public sealed interface Trigger {

        /**
         * A token.
         *
         * @param token its id
         */
        record Token(int token) implements Trigger {}

        /**
         * A text, wherever the tokens split it.
         *
         * @param text not empty
         */
        record Word(String text) implements Trigger {
            /** Checks the text. */
            public Word {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("an empty word would start the grammar at once: give no trigger");
                }
                Utf8.encode(text);
            }
        }

        /**
         * A regular expression of {@link java.util.regex.Pattern}, searched in the answer so far. The grammar starts with its first group that
         * matched something, or with all of it.
         *
         * @param regex not anchored with {@code ^} or {@code $}: an answer has no end while it is made
         */
        record Pattern(String regex) implements Trigger {
            /** Checks the expression. */
            public Pattern {
                try {
                    java.util.regex.Pattern.compile(regex);
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException("the trigger pattern is wrong: " + e.getMessage(), e);
                }
                if (regex.startsWith("^") || regex.endsWith("$") && !regex.endsWith("\\$")) {
                    throw new IllegalArgumentException("the trigger pattern %s is anchored; leave out ^ and $".formatted(regex));
                }
            }
        }
    }
}
