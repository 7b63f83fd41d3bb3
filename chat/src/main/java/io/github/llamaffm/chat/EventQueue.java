package io.github.llamaffm.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Events from who makes an answer to who reads it. Who makes it never waits. */
final class EventQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ChatEvent> events = new ArrayDeque<>();
    private boolean ended;

    /** Nobody wants to read any more. */
    private boolean dropped;

    private @Nullable Throwable failure;

    /** Whether the failure was not thrown yet. */
    private boolean failed;

    void put(ChatEvent event) {
        change(() -> {
            if (!dropped) {
                events.addLast(event);
            }
        });
    }

    /** There are no more. */
    void end(@Nullable Throwable reason) {
        change(() -> {
            ended = true;
            failure = reason;
            failed = reason != null && !dropped;
        });
    }

    /** What was not read yet is not read at all. */
    void drop() {
        change(() -> {
            dropped = true;
            failed = false;
            events.clear();
        });
    }

    /**
     * Waits for the next event, or a failure.
     *
     * @param onInterrupt what an interrupt does; this goes on waiting, and the thread stays interrupted
     * @return false at the end
     */
    boolean awaitNext(Runnable onInterrupt) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (events.isEmpty() && !ended && !dropped) {
                try {
                    changed.await();
                } catch (InterruptedException _) {
                    interrupted = true;
                    onInterrupt.run();
                }
            }
            return !events.isEmpty() || failed;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The next one, once there is one; throws a failure that comes in its place. */
    ChatEvent take() {
        lock.lock();
        try {
            if (events.isEmpty()) {
                failed = false;
                throwFailure();
            }
            return events.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Throws what failed, if something did. */
    void throwFailure() {
        lock.lock();
        try {
            switch (failure) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case null -> { }
                default -> throw new IllegalStateException(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable work) {
        lock.lock();
        try {
            work.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
