package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work on many things, by as many threads as there are processors, at most four. */
final class InParallel {

    private InParallel() {}

    static <T> void each(Collection<T> items, Consumer<? super T> work) {
        each(items, () -> () -> {}, (_, item) -> work.accept(item));
    }

    /** With something that each thread opens for itself. */
    static <R extends AutoCloseable, T> void each(Collection<T> items, Supplier<R> open, BiConsumer<? super R, ? super T> work) {
        Queue<T> left = new ConcurrentLinkedQueue<>(items);
        int threads = Math.min(4, Runtime.getRuntime().availableProcessors());
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(executor.submit(() -> {
                    try (R resource = open.get()) {
                        for (T item = left.poll(); item != null; item = left.poll()) {
                            work.accept(resource, item);
                        }
                    } catch (Throwable failure) {
                        left.clear();
                        throw failure;
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Error error ? error : new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
