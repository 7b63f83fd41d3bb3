package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What may stop one piece of work: the caller's cancellation, an interrupt, a time limit, the closing of the context. Made
 * for one piece of work, or opened for one after the other.
 */
final class Stop implements AutoCloseable {

    private static final long NEVER = Long.MAX_VALUE;

    private final CancelFlag flag;
    private final Runnable request;
    private volatile @Nullable Cancellation callers;
    private volatile boolean own;

    /** When somebody cancelled; 0: nobody has. */
    private volatile long cancelledNanos;

    private long limitNanos = NEVER;
    private long startNanos;
    private long deadlineMicros;

    /** For work that no caller cancels, yet. */
    Stop(CancelFlag flag) {
        this.flag = flag;
        this.request = this::request;
    }

    Stop(CancelFlag flag, Cancellation callers) {
        this(flag);
        open(callers);
    }

    /** Starts anew, for another piece of work. */
    Stop open(Cancellation cancellation) {
        reset();
        callers = cancellation;
        cancellation.addListener(request);
        return this;
    }

    /** As {@link #open}, for work that no caller cancels. */
    Stop reset() {
        own = false;
        cancelledNanos = 0;
        limitNanos = NEVER;
        deadlineMicros = 0;
        return this;
    }

    /** Counts the time limit from now. */
    void startTimeLimit(Duration limit) {
        limitNanos = TimeUnit.NANOSECONDS.convert(limit);
        startNanos = System.nanoTime();
        long now = LlamaFfm.llama_time_us();
        deadlineMicros = now + Math.min(limitNanos / 1000, Long.MAX_VALUE - now);
    }

    void cancel() {
        own = true;
        request();
    }

    private void request() {
        if (cancelledNanos == 0) {
            cancelledNanos = System.nanoTime();
        }
        flag.request(this);
    }

    /** Lets this stop the native call that follows. */
    void lend() {
        flag.lend(this, deadlineMicros);
    }

    void takeBack() {
        flag.takeBack();
    }

    /** Whether somebody cancelled. */
    boolean isCancelled() {
        Cancellation cancellation = callers;
        return own || cancellation != null && cancellation.isCancelled();
    }

    boolean requested() {
        return mustEnd() || expired();
    }

    private boolean mustEnd() {
        return isCancelled() || flag.isClosed() || Thread.currentThread().isInterrupted();
    }

    private boolean expired() {
        return limitNanos != NEVER && System.nanoTime() - startNanos >= limitNanos;
    }

    /** Until the time limit, at least 1; 0: there is none. */
    long millisLeft() {
        return limitNanos == NEVER
                ? 0
                : Math.max(1, TimeUnit.NANOSECONDS.toMillis(limitNanos - (System.nanoTime() - startNanos)) + 1);
    }

    /** Why work was stopped. The end of the process counts as a cancellation. */
    FinishReason reason() {
        return !mustEnd() && expired() ? FinishReason.DEADLINE : FinishReason.CANCELLED;
    }

    /** Since somebody cancelled or the time was over; {@link Long#MIN_VALUE} where neither is why work was stopped. */
    long reactionNanos(FinishReason why) {
        if (why == FinishReason.DEADLINE) {
            return System.nanoTime() - startNanos - limitNanos;
        }
        long cancelled = cancelledNanos;
        return cancelled == 0 ? Long.MIN_VALUE : System.nanoTime() - cancelled;
    }

    /** Nothing of a caller's reaches this any more. */
    @Override
    public void close() {
        Cancellation cancellation = callers;
        if (cancellation != null) {
            cancellation.removeListener(request);
            callers = null;
        }
    }
}
