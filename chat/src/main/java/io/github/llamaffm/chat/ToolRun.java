package io.github.llamaffm.chat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call of a tool's handler, on a thread that others give. */
final class ToolRun extends FutureTask<String> {

    /** Of a message that is told. Some have all of a value in them. */
    private static final int LONGEST = 500;

    private final ToolCall call;
    private final Optional<Duration> limit;
    private final Runnable onChange;
    private volatile @Nullable Deadline end;

    /** Written before it is done. */
    private volatile boolean tooLong;

    /** @param onChange told of the start and of the end, on whatever thread */
    ToolRun(ToolCall call, ToolHandler<String> handler, Optional<Duration> limit, Runnable onChange) {
        super(() -> text(handler.call(call.arguments())));
        this.call = call;
        this.limit = limit;
        this.onChange = onChange;
    }

    ToolCall call() {
        return call;
    }

    /** Its time begins here: what waits for a thread does not use it up. */
    @Override
    public void run() {
        end = Deadline.in(limit);
        onChange.run();
        super.run();
    }

    /** No thread takes it. */
    void refused(Throwable reason) {
        setException(reason instanceof RejectedExecutionException
                ? new RejectedExecutionException("no thread was free for it", reason)
                : reason);
    }

    /** Interrupts a handler that has taken its time; nobody waits for what it does about that. */
    void endIfOver() {
        Deadline mine = end;
        if (mine != null && mine.isOver() && !isDone()) {
            tooLong = true;
            cancel(true);
        }
    }

    /** Until {@link #endIfOver()} has something to do; empty: for ever. */
    Optional<Duration> left() {
        Deadline mine = end;
        return mine == null || isDone() ? Optional.empty() : mine.left();
    }

    /** What failed, once it is done. */
    Optional<Throwable> failure() {
        return switch (state()) {
            case FAILED -> Optional.of(exceptionNow());
            case CANCELLED -> tooLong ? Optional.of(new TimeoutException("no answer within " + limit.orElseThrow())) : Optional.empty();
            case SUCCESS, RUNNING -> Optional.empty();
        };
    }

    /** What the model is told, once it is done; empty: it was stopped, because the call ended. */
    Optional<String> result() {
        Optional<String> text = state() == State.SUCCESS ? Optional.of(resultNow()) : failure().map(e -> "error: " + told(e));
        // Half a character, which text that was cut somewhere may end with, is none that a prompt could have.
        return text.map(any -> new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    /** Without the stack, which tells a model nothing and may tell others too much. */
    static String told(Throwable failure) {
        Class<?> type = failure.getClass();
        String name = type.isAnonymousClass() ? type.getSuperclass().getSimpleName() : type.getSimpleName();
        String message = failure.getMessage();
        if (message == null) {
            return name;
        }
        return name + ": " + (message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…");
    }

    @Override
    protected void done() {
        onChange.run();
    }

    private static String text(Object result) {
        return result instanceof String text ? text : Json.MAPPER.writeValueAsString(result);
    }
}
