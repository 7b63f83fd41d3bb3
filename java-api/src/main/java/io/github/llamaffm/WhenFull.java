package io.github.llamaffm;

import java.util.OptionalInt;

/** What a generation does when the context has no room for its next token. */
public sealed interface WhenFull {

    /** Ends with {@link FinishReason#LENGTH}: the default. */
    record Stop() implements WhenFull {}

    /** Throws {@link NoKvSpaceException} from {@code next()}. */
    record Fail() implements WhenFull {}

    /**
     * Forgets tokens and goes on, where {@link Sequence#canShift()}. What was computed from the forgotten ones stays, so
     * quality can suffer.
     *
     * @param keep tokens at the start that are never forgotten, at least 0
     * @param discard tokens after them to forget each time, at least 1; empty: half of those that are not kept
     */
    record Shift(int keep, OptionalInt discard) implements WhenFull {
        /** Checks the numbers. */
        public Shift {
            Check.range("keep", keep, 0, Integer.MAX_VALUE);
            discard.ifPresent(tokens -> Check.range("discard", tokens, 1, Integer.MAX_VALUE));
        }
    }
}
