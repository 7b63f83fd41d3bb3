package io.github.llamaffm.chat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The handlers that one answer asks for. They run on threads of their own, so that one which hears of no interrupt keeps nobody
 * waiting.
 */
final class ToolRuns {

    private static final Executor VIRTUAL = task -> Thread.ofVirtual().name("llama-ffm tool").start(task);

    private final ToolLoop loop;
    private final Deadline deadline;
    private final List<ToolRun> runs = new ArrayList<>();

    /** A run began or ended. */
    private final Semaphore changes = new Semaphore(0);

    /** None yet. */
    ToolRuns(ToolLoop loop, Deadline deadline) {
        this.loop = loop;
        this.deadline = deadline;
    }

    /** One more. */
    void add(ToolCall call, ToolHandler<String> handler) {
        runs.add(new ToolRun(call, handler, loop.timeLimit(), changes::release));
    }

    int size() {
        return runs.size();
    }

    /**
     * Runs them, and returns when all have ended or the call has to.
     *
     * @return what ends the call; empty: nothing does
     * @throws ToolException if one failed in a way that ends the call
     */
    Optional<StopReason> run() {
        // An executor may run what it is given at once, on the thread that gives it, or keep that waiting.
        Thread giver = Thread.ofVirtual().name("llama-ffm tools").start(this::give);
        try {
            while (runs.stream().anyMatch(run -> !run.isDone())) {
                requireNoFailure();
                if (deadline.isOver()) {
                    return Optional.of(StopReason.DEADLINE);
                }
                awaitChange();
                runs.forEach(ToolRun::endIfOver);
            }
            requireNoFailure();
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.of(StopReason.CANCELLED);
        } finally {
            runs.forEach(run -> run.cancel(true));
            giver.interrupt();
        }
    }

    /** What those answered that ended, in the order of their calls. */
    List<Message> results() {
        List<Message> results = new ArrayList<>();
        runs.forEach(run -> run.result().ifPresent(text ->
                results.add(new ToolMessage(Content.of(text), run.call().id(), Optional.of(run.call().name())))));
        return results;
    }

    private void give() {
        Executor executor = loop.executor().orElse(VIRTUAL);
        for (ToolRun run : runs) {
            try {
                executor.execute(run);
            } catch (Throwable failure) {
                // Whatever it is, who waits for this run and for those behind it has to hear of it.
                run.refused(failure);
            }
        }
    }

    private void awaitChange() throws InterruptedException {
        Optional<Duration> left = Stream.concat(runs.stream().map(ToolRun::left), Stream.of(deadline.left()))
                .flatMap(Optional::stream).min(Duration::compareTo);
        if (left.isPresent()) {
            changes.tryAcquire(left.get().toNanos(), TimeUnit.NANOSECONDS);
        } else {
            changes.acquire();
        }
        changes.drainPermits();
    }

    /** An error of the machine or the program is nothing to tell a model. */
    private void requireNoFailure() {
        for (ToolRun run : runs) {
            Optional<Throwable> failure = run.failure()
                    .filter(e -> e instanceof Error || loop.onError() == OnToolError.FAIL);
            if (failure.isPresent()) {
                throw new ToolException("the tool '%s' failed: %s".formatted(run.call().name(), ToolRun.told(failure.get())), failure.get());
            }
        }
    }
}
