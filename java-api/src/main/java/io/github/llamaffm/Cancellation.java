package io.github.llamaffm;

import java.util.ArrayList;
import java.util.List;

/**
 * A wish to stop, given to anything long. Any thread may cancel, at any time.
 *
 * <p>On the CPU it takes effect within one node of the computation, elsewhere at the next ubatch. What was given a token that
 * is cancelled already never starts. A cancelled token stays so: make one for each request.
 */
public final class Cancellation {

    /** Few, and of each call: a list allocates nothing for one that comes and goes. */
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile boolean cancelled;

    private Cancellation() {}

    /** A token that is not cancelled. */
    public static Cancellation create() {
        return new Cancellation();
    }

    /** Cancels everything that has this token, for good. A second call does nothing. */
    public void cancel() {
        List<Runnable> toRun;
        synchronized (listeners) {
            cancelled = true;
            toRun = List.copyOf(listeners);
            listeners.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** Whether {@link #cancel()} was called. */
    public boolean isCancelled() {
        return cancelled;
    }

    /** Runs the listener when this is cancelled: at once where it is already. */
    void addListener(Runnable listener) {
        synchronized (listeners) {
            if (!cancelled) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** A token outlives the calls it was given to, which must not stay reachable from it. */
    void removeListener(Runnable listener) {
        synchronized (listeners) {
            listeners.remove(listener);
        }
    }
}
