package io.github.llamaffm;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs native work of virtual threads on one platform thread, which starts with the first of it: native code would pin
 * the carrier. Work of platform threads runs where it is, unless it is to be interrupted.
 */
final class Worker implements AutoCloseable {

    private final String name;
    private @Nullable ExecutorService executor;

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
        Thread caller = caller();
        Future<T> future = executor().submit(() -> WorkerThread.workFor(caller, work));
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
     * Whose call this is: on a worker's thread the thread that waits for it. What runs there may be code of a user, a sampler
     * that is written in Java say, for which its own context is not in use by somebody else.
     */
    static Thread caller() {
        Thread current = Thread.currentThread();
        return current instanceof WorkerThread worker && worker.caller != null ? worker.caller : current;
    }

    private static final class WorkerThread extends Thread {

        private @Nullable Thread caller;

        WorkerThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }

        static <T extends @Nullable Object> T workFor(Thread caller, Supplier<T> work) {
            WorkerThread self = (WorkerThread) Thread.currentThread();
            self.caller = caller;
            try {
                return work.get();
            } finally {
                self.caller = null;
            }
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    private synchronized ExecutorService executor() {
        if (executor == null) {
            executor = Executors.newSingleThreadExecutor(task -> new WorkerThread(task, name));
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
