package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.lf_cancel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The flag that native code polls while it computes ({@code struct lf_cancel}), lent to one {@link Stop} at a time: a
 * cancellation that comes after its own call has ended must not stop the next one.
 */
final class CancelFlag {

    private final MemorySegment struct;
    private final Runnable waiting;
    private @Nullable Stop current;
    private int pollsLeft;
    private volatile boolean closed;
    private boolean ended;

    /** @param arena that outlives every native user of the flag */
    CancelFlag(Arena arena) {
        this(arena, () -> {});
    }

    /**
     * @param arena that outlives every native user of the flag
     * @param waiting wakes whoever waits to be let into native code, to look at its {@link Stop}
     */
    CancelFlag(Arena arena, Runnable waiting) {
        this.struct = lf_cancel.allocate(arena);
        this.waiting = waiting;
    }

    MemorySegment struct() {
        return struct;
    }

    /**
     * From now on that stops native code, if it is told to {@link #request}.
     *
     * @param deadlineMicros in the clock of {@code llama_time_us}; 0: none
     */
    synchronized void lend(Stop stop, long deadlineMicros) {
        current = stop;
        lf_cancel.deadline_us(struct, deadlineMicros);
        lf_cancel.stop_after(struct, pollsLeft);
        lf_cancel.requested(struct, closed || stop.isCancelled() ? 1 : 0);
    }

    /** Nothing stops native code any more. */
    synchronized void takeBack() {
        if (current != null) {
            pollsLeft = lf_cancel.stop_after(struct);
        }
        current = null;
        lf_cancel.stop_after(struct, 0);
        lf_cancel.deadline_us(struct, 0);
        lf_cancel.requested(struct, closed ? 1 : 0);
    }

    /** Stops native code if it computes for this now. A late request, after its work has ended, does nothing. */
    void request(Stop stop) {
        synchronized (this) {
            if (current == stop && stop.isCancelled()) {
                lf_cancel.requested(struct, 1);
            }
        }
        waiting.run();
    }

    /** Stops what native code computes now, and whatever it is asked for later. */
    void close() {
        synchronized (this) {
            closed = true;
            if (!ended) {
                lf_cancel.requested(struct, 1);
            }
        }
        waiting.run();
    }

    /** No native code has it any more, and its memory goes. Somebody may be about to close it all the same. */
    synchronized void end() {
        ended = true;
    }

    /**
     * Stops native code at its n-th look at this flag from now on while it is lent, in whichever call that is: what a test cannot
     * do with a clock.
     *
     * @param polls 0: never
     */
    synchronized void stopAfter(int polls) {
        pollsLeft = polls;
    }

    /** Looks that are left of {@link #stopAfter}; 0: it was reached, or never set. */
    synchronized int pollsLeft() {
        return pollsLeft;
    }

    /** Whether {@link #close()} was called. */
    boolean isClosed() {
        return closed;
    }
}
