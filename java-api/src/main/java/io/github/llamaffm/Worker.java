package io.github.llamaffm;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs native work of virtual threads on one platform thread, which starts with the first of it: native code would pin
 * the carrier. Work of platform threads runs where it is, unless it is to be interrupted.
 */
final class Worker implements AutoCloseable {

    /** Enough for callbacks into Java, whatever -Xss says. */
    private static final long STACK_BYTES = 1 << 20;

    private final String name;
    private @Nullable ExecutorService executor;

    /** Knows for whom it works. */
    private static final class WorkerThread extends Thread {

        private @Nullable Thread caller;

        WorkerThread(Runnable work, String name) {
            super(null, work, name, STACK_BYTES, false);
            setDaemon(true);
        }
    }

    Worker(String name) {
        this.name = name;
    }

    /** Who uses what is used now: the current thread, or the one that waits while this one works for it. */
    static Thread caller() {
        Thread current = Thread.currentThread();
        return current instanceof WorkerThread worker && worker.caller != null ? worker.caller : current;
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
        if (Thread.currentThread().isInterrupted()) {
            // Work that is done before anybody waits for it would not be cancelled.
            cancel.run();
        }
        Future<T> future = executor().submit(() -> workFor(caller, work));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel.run();
                } catch (ExecutionException e) {
                    throw Worker.<RuntimeException>rethrow(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T extends @Nullable Object> T workFor(Thread caller, Supplier<T> work) {
        WorkerThread worker = (WorkerThread) Thread.currentThread();
        worker.caller = caller;
        try {
            return work.get();
        } finally {
            worker.caller = null;
        }
    }

    /** A callback that is not written in Java may throw a checked exception: it arrives as it is. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> T rethrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Knows nothing of this: an executor that nobody closed ends when this is collected. */
    private static ThreadFactory factory(String name) {
        return work -> new WorkerThread(work, name);
    }

    private synchronized ExecutorService executor() {
        if (executor == null) {
            executor = Executors.newSingleThreadExecutor(factory(name));
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
