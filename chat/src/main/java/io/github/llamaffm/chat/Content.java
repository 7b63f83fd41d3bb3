package io.github.llamaffm.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a message says. A value.
 *
 * @param parts in order, at least one
 */
public record Content(List<Part> parts) {

    /** Copies the parts. */
    public Content {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a message without a part: an empty text is one part");
        }
    }

    /** Text of whatever origin: it never yields a structural token. */
    public static Content of(String text) {
        return of(new Part.Text(text));
    }

    /** Several parts, with nothing between them. */
    public static Content of(Part... parts) {
        return new Content(List.of(parts));
    }

    /** The text of all parts together. */
    public String text() {
        return parts.stream().map(Part::text).collect(Collectors.joining());
    }

    /** One part. */
    public sealed interface Part {

        /** What it says. */
        String text();

        /**
         * Text of whatever origin: what spells the name of a special token or a marker of the template stays text.
         *
         * @param text any
         */
        record Text(String text) implements Part {}

        /**
         * Text that the program wrote itself: names of special tokens in it are read as these tokens.
         *
         * @param text never of users, tools or models
         */
        record Trusted(String text) implements Part {}
    }
}
