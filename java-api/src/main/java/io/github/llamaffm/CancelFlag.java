package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.lf_cancel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The flag that native code polls while it computes ({@code struct lf_cancel}), lent to one cancellation at a time: one that
 * comes after its own call has ended must not stop the next one.
 */
final class CancelFlag {

    private final MemorySegment struct;
    private @Nullable Cancellation current;
    private volatile boolean closed;

    /** @param arena that outlives every native user of the flag */
    CancelFlag(Arena arena) {
        struct = lf_cancel.allocate(arena);
    }

    MemorySegment struct() {
        return struct;
    }

    /**
     * From now on the cancellation stops native code, if it is told to {@link #request}.
     *
     * @param deadlineMicros in the clock of {@code llama_time_us}; 0: none
     */
    synchronized void lend(Cancellation cancellation, long deadlineMicros) {
        current = cancellation;
        lf_cancel.deadline_us(struct, deadlineMicros);
        lf_cancel.requested(struct, closed || cancellation.isCancelled() ? 1 : 0);
    }

    /** Nothing stops native code any more. */
    synchronized void takeBack() {
        current = null;
        lf_cancel.deadline_us(struct, 0);
        lf_cancel.requested(struct, 0);
    }

    /** Stops native code if it computes for this cancellation now. */
    synchronized void request(Cancellation cancellation) {
        if (current == cancellation) {
            lf_cancel.requested(struct, 1);
        }
    }

    /** Stops what native code computes now, and whatever it is asked for later. */
    synchronized void close() {
        closed = true;
        lf_cancel.requested(struct, 1);
    }

    /** Whether {@link #close()} was called. */
    boolean isClosed() {
        return closed;
    }
}
