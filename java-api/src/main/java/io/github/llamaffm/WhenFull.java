package io.github.llamaffm;

import java.util.OptionalInt;

/** What a generation does when the context has no room for its next token. */
public sealed interface WhenFull {

    /** Ends with {@link FinishReason#LENGTH}: the default. */
    record Stop() implements WhenFull {}

    /** Throws {@link NoKvSpaceException} from {@code next()}. */
    record Fail() implements WhenFull {}

    /**
     * Forgets tokens and goes on, as {@link Sequence#discard(int, int)} does, whenever the next token would take the last
     * cell, and where the prompt does not fit behind what is there. What was computed from the forgotten ones stays, so quality
     * can suffer. Where the memory cannot forget its first tokens and go on, which {@link Sequence#canShift()} and {@link
     * Sequence#canRemove(int, int)} tell, {@code generate} throws {@link UnsupportedMemoryException}; where a fork shares
     * the tokens that would move, {@code next()} does.
     *
     * @param keep tokens at the start that are never forgotten, at least 0 and less than the context; the token that begins
     *     every text is kept in any case
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
