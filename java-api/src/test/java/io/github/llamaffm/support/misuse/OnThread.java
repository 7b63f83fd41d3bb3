package io.github.llamaffm.support.misuse;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What is done on another thread, and what it throws, here. */
public final class OnThread {

    /** Java's own on most systems, where nobody asks for another. */
    private static final int BYTES = 1 << 20;

    private OnThread() {}

    /** With a stack of 1 MiB. */
    public static <T> T small(Callable<T> work) throws Exception {
        return withStack(BYTES, work);
    }

    public static <T> T withStack(int bytes, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().stackSize(bytes).start(task);
        return get(task);
    }

    public static <T> T virtual(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return get(task);
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }
}
