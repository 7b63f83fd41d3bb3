package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Threads that several contexts compute on in turn. Any thread.
 *
 * <p>A context has threads of its own unless {@link ContextOptions#threadPool()} names a pool. Contexts of one pool, of one model
 * or of several, never compute at the same time: who comes while another computes waits, in the order of arrival, and can be
 * cancelled while it does. Where a machine has fewer cores than its contexts have threads, that is faster than to let all of
 * them compute at once.
 */
public final class ThreadPool implements AutoCloseable {

    /** {@code GGML_MAX_N_THREADS}. */
    private static final int MAX_THREADS = 512;

    private final int threads;
    private final ArrayDeque<Stop> waiting = new ArrayDeque<>();
    private MemorySegment segment;

    /** Whether threads may wait in a graph for ever: others take their place when somebody computes next. */
    private boolean broken;
    private boolean taken;
    private int users;
    private final Opening opening;
    private boolean closed;

    private ThreadPool(int threads) {
        this.threads = Check.range("threads", threads, 1, MAX_THREADS);
        NativeRuntime.instance();
        this.segment = OwnPool.startThreads(threads);
        this.opening = Leaks.watch("a pool of %d threads".formatted(threads), this);
    }

    /**
     * Starts threads. Calls {@code ggml_threadpool_new}.
     *
     * @param threads 1 to 512, the calling thread among them
     * @throws ContextCreationException if they cannot be started
     */
    public static ThreadPool of(int threads) {
        return new ThreadPool(threads);
    }

    /** Threads that compute for one context. */
    public int threads() {
        return threads;
    }

    /**
     * Ends the threads. A second call does nothing. Calls {@code ggml_threadpool_free}.
     *
     * @throws IllegalStateException while contexts use this, with their number
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (users > 0) {
            throw new IllegalStateException("the thread pool is still used by %d open context%s; close what uses it first"
                    .formatted(users, users == 1 ? "" : "s"));
        }
        closed = true;
        opening.closed();
        if (!broken) {
            LlamaFfm.lf_threadpool_free(segment);
        }
    }

    /** For a new context. */
    synchronized ComputePool join() {
        if (closed) {
            throw new IllegalStateException("the thread pool is closed");
        }
        Member member = new Member(segment());
        users++;
        return member;
    }

    private synchronized void leave() {
        users--;
    }

    /** In the order of arrival: a context that computes token by token would not let another one in otherwise. */
    private synchronized boolean take(Stop stop) {
        waiting.addLast(stop);
        try {
            while (taken || waiting.peekFirst() != stop) {
                if (stop.requested()) {
                    return false;
                }
                wait(stop.millisLeft());
            }
            taken = true;
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.remove(stop);
            notifyAll();
        }
    }

    private synchronized void giveBack() {
        taken = false;
        notifyAll();
    }

    /** Contexts that wait for their turn. */
    synchronized int waiters() {
        return waiting.size();
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized void replaceBroken() {
        broken = true;
    }

    /** Those that are broken are left to themselves. */
    private synchronized MemorySegment segment() {
        if (broken) {
            segment = OwnPool.startThreads(threads);
            broken = false;
        }
        return segment;
    }

    /** The pool as one context sees it. */
    private final class Member implements ComputePool {

        private MemorySegment attached;

        /** How often this context took its turn and did not give it back. */
        private int depth;

        private Member(MemorySegment attached) {
            this.attached = attached;
        }

        @Override
        public int threads() {
            return threads;
        }

        @Override
        public MemorySegment segment() {
            return attached;
        }

        @Override
        public boolean take(Stop stop) {
            if (depth == 0 && !ThreadPool.this.take(stop)) {
                return false;
            }
            depth++;
            return true;
        }

        @Override
        public void attachTo(MemorySegment context) {
            MemorySegment now = ThreadPool.this.segment();
            if (now.address() != attached.address()) {
                LlamaFfm.llama_attach_threadpool(context, now, MemorySegment.NULL);
                attached = now;
            }
        }

        @Override
        public void giveBack() {
            if (--depth == 0) {
                ThreadPool.this.giveBack();
            }
        }

        @Override
        public void replaceBroken() {
            ThreadPool.this.replaceBroken();
        }

        @Override
        public void wake() {
            ThreadPool.this.wake();
        }

        @Override
        public void free(boolean poisoned) {
            leave();
        }
    }
}
