package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What may stop one piece of work: the caller's cancellation, an interrupt, a time limit, the closing of the context. */
final class Stop implements AutoCloseable {

    private final CancelFlag flag;
    private final Cancellation callers;
    private final Cancellation own = Cancellation.create();
    private final Runnable cancelOwn = own::cancel;

    private long limitNanos = Long.MAX_VALUE;
    private long startNanos;
    private long deadlineMicros;

    Stop(CancelFlag flag, Cancellation callers) {
        this.flag = flag;
        this.callers = callers;
        own.addListener(() -> flag.request(own));
        callers.addListener(cancelOwn);
    }

    /** Counts the time limit from now. */
    void startTimeLimit(Duration limit) {
        limitNanos = TimeUnit.NANOSECONDS.convert(limit);
        startNanos = System.nanoTime();
        long now = LlamaFfm.llama_time_us();
        deadlineMicros = now + Math.min(limitNanos / 1000, Long.MAX_VALUE - now);
    }

    void cancel() {
        own.cancel();
    }

    /** Lets this stop the native call that follows. */
    void lend() {
        flag.lend(own, deadlineMicros);
    }

    void takeBack() {
        flag.takeBack();
    }

    boolean requested() {
        return cancelled() || expired();
    }

    private boolean cancelled() {
        return own.isCancelled() || flag.isClosed() || Thread.currentThread().isInterrupted();
    }

    private boolean expired() {
        return limitNanos != Long.MAX_VALUE && System.nanoTime() - startNanos >= limitNanos;
    }

    /** Why work was stopped. The end of the process counts as a cancellation. */
    FinishReason reason() {
        return !cancelled() && expired() ? FinishReason.DEADLINE : FinishReason.CANCELLED;
    }

    @Override
    public void close() {
        callers.removeListener(cancelOwn);
    }
}
