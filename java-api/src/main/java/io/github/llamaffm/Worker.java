package io.github.llamaffm;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs native work of virtual threads on one platform thread, which starts with the first of it: native code would pin
 * the carrier. Work of platform threads runs where it is, unless it is to be interrupted.
 */
final class Worker implements AutoCloseable {

    private final String name;
    private @Nullable ExecutorService executor;

    /** Not a field of this, which the executor must not hold: an executor that nobody closed ends when it is collected. */
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    Worker(String name) {
        this.name = name;
    }

    /**
     * Runs the work and waits for its end.
     *
     * @param cancel called when the waiting virtual thread is interrupted; it goes on waiting, and stays interrupted
     */
    <T extends @Nullable Object> T run(Supplier<T> work, Runnable cancel) {
        return Thread.currentThread().isVirtual() ? runAside(work, cancel) : work.get();
    }

    /**
     * As {@link #run}, but on the other thread always, so that a platform thread sees its interrupt while it waits.
     *
     * @param cancel called when the waiting thread is interrupted; it goes on waiting, and stays interrupted
     */
    <T extends @Nullable Object> T runAside(Supplier<T> work, Runnable cancel) {
        Future<T> future = executor().submit(work::get);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel.run();
                } catch (ExecutionException e) {
                    throw unchecked(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * As {@link #run}, for work that is called back by native code: where a caller has used up its stack, the call back would
     * overflow before it could catch that, and the JVM ends then.
     */
    <T extends @Nullable Object> T runOnFreshStack(Supplier<T> work) {
        return Thread.currentThread() == thread.get() ? work.get() : runAside(work, () -> {});
    }

    private static ThreadFactory factory(String name, AtomicReference<@Nullable Thread> made) {
        return work -> {
            Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(work);
            made.set(thread);
            return thread;
        };
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    private synchronized ExecutorService executor() {
        if (executor == null) {
            executor = Executors.newSingleThreadExecutor(factory(name, thread));
        }
        return executor;
    }

    @Override
    public synchronized void close() {
        if (executor != null) {
            executor.shutdown();
        }
    }
}
