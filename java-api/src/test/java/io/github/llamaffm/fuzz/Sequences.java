package io.github.llamaffm.fuzz;

import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;

/** Sequences: leased, filled, cut, forked, given back. */
final class Sequences {

    private Sequences() {}

    static Sequence any(Player p) {
        return of(p, Contexts.any(p));
    }

    static Sequence of(Player p, Context context) {
        return p.pickOrMake(Kind.SEQUENCE, context, () -> p.keep(Kind.SEQUENCE, context.newSequence(), context));
    }

    @Operation(weight = 16)
    static void lease(Player p) {
        Context context = Contexts.any(p);
        p.keep(Kind.SEQUENCE, context.newSequence(), context);
    }

    @Operation(weight = 20)
    static void append(Player p) {
        Sequence sequence = any(p);
        sequence.append(p.orNull(p.arg("tokens", p.tokens(sequence.context().model()))));
    }

    @Operation(weight = 5)
    static void appendText(Player p) {
        any(p).append(p.orNull(p.arg("text", p.text())));
    }

    @Operation(weight = 2)
    static void appendMeanwhileInterrupted(Player p) {
        Sequence sequence = any(p);
        Thread self = Thread.currentThread();
        p.meanwhile(self::interrupt);
        sequence.append(p.tokens(sequence.context().model()));
    }

    @Operation(weight = 4)
    static void ask(Player p) {
        Sequence sequence = any(p);
        Values.readAll(sequence.context(), sequence.length(), sequence.tokens(), sequence.nextPosition(), sequence.canShift(),
                sequence.adaptersFingerprint());
    }

    @Operation(weight = 3, mayThrow = IndexOutOfBoundsException.class)
    static void position(Player p) {
        Sequence sequence = any(p);
        Values.readAll(sequence.position(p.arg("index", index(p, sequence))));
    }

    @Operation(weight = 4, mayThrow = IndexOutOfBoundsException.class)
    static void can(Player p) {
        Sequence sequence = any(p);
        int from = p.arg("from", index(p, sequence));
        int to = p.arg("to", index(p, sequence));
        Values.readAll(sequence.canTruncate(from), sequence.canRemove(from, to), sequence.canShift(from, to));
    }

    @Operation(weight = 8, mayThrow = IndexOutOfBoundsException.class)
    static void truncate(Player p) {
        Sequence sequence = any(p);
        sequence.truncate(p.arg("length", index(p, sequence)));
    }

    @Operation(weight = 6, mayThrow = IndexOutOfBoundsException.class)
    static void remove(Player p) {
        Sequence sequence = any(p);
        int[] range = range(p, sequence);
        sequence.remove(range[0], range[1]);
    }

    @Operation(weight = 6, mayThrow = IndexOutOfBoundsException.class)
    static void shift(Player p) {
        Sequence sequence = any(p);
        int[] range = range(p, sequence);
        sequence.shift(range[0], range[1], p.arg("by", p.number(-10, 10)));
    }

    @Operation(weight = 6, mayThrow = IndexOutOfBoundsException.class)
    static void discard(Player p) {
        Sequence sequence = any(p);
        int[] range = range(p, sequence);
        sequence.discard(range[0], range[1]);
    }

    @Operation(weight = 2)
    static void keepOnly(Player p) {
        any(p).keepOnly();
    }

    @Operation(weight = 8)
    static void fork(Player p) {
        Sequence sequence = any(p);
        p.keep(Kind.SEQUENCE, sequence.fork(), sequence.context());
    }

    @Operation(weight = 4)
    static void clear(Player p) {
        any(p).clear();
    }

    @Operation(weight = 8)
    static void close(Player p) {
        Sequence sequence = any(p);
        sequence.close();
        p.closed(sequence);
    }

    private static int index(Player p, Sequence sequence) {
        return p.number(0, sequence.length());
    }

    private static int[] range(Player p, Sequence sequence) {
        int a = index(p, sequence);
        int b = index(p, sequence);
        boolean ordered = !p.mischief();
        return p.arg("range", new int[] {ordered ? Math.min(a, b) : a, ordered ? Math.max(a, b) : b});
    }
}
