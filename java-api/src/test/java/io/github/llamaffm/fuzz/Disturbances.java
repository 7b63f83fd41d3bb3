package io.github.llamaffm.fuzz;

import io.github.llamaffm.Cancellation;

/** What happens to operations of other threads, or to the next one. */
final class Disturbances {

    private Disturbances() {}

    @Operation(weight = 4)
    static void makeCancellation(Player p) {
        p.keep(Kind.CANCELLATION, Cancellation.create(), null);
    }

    @Operation(weight = 4)
    static void cancel(Player p) {
        Cancellation cancellation = p.pick(Kind.CANCELLATION);
        cancellation.cancel();
        Values.readAll(cancellation.isCancelled());
        if (p.chance(90)) {
            p.world().forget(cancellation);
        }
    }

    /** A thread may interrupt itself: then an operation of its own follows that sees it. */
    @Operation(weight = 6)
    static void interrupt(Player p) {
        Player other = p.run().player(p.arg("thread", p.below(p.run().players())));
        if (other == p) {
            Thread.currentThread().interrupt();
            Generations.readAndLeave(p);
        } else if (other.thread() != null) {
            other.thread().interrupt();
        }
    }
}
