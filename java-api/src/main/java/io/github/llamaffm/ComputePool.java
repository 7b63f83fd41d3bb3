package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/** The threads that one context computes on: its own, or those of a {@link ThreadPool}, which it shares. */
interface ComputePool {

    /** How many. */
    int threads();

    /** How many of them compute where there is one token only. */
    default int tokenThreads() {
        return threads();
    }

    /** The {@code ggml_threadpool} to attach a new context to. */
    MemorySegment segment();

    /**
     * Waits until no other context computes on these threads; then nobody else does until {@link #giveBack()}. A context may
     * take its turn again while it has it.
     *
     * @return false where it was stopped before
     */
    default boolean take(Stop stop) {
        return true;
    }

    /**
     * Makes sure that a context computes on these threads. Between {@link #take} and {@link #giveBack()}.
     *
     * @throws ContextCreationException if threads that were lost cannot be replaced; the next call tries again
     */
    default void attachTo(MemorySegment context) {}

    /** As {@link #attachTo}, right after {@link #take}: where it fails that is ended. Always true. */
    default boolean attachOrGiveBack(MemorySegment context) {
        boolean attached = false;
        try {
            attachTo(context);
            attached = true;
            return true;
        } finally {
            if (!attached) {
                giveBack();
            }
        }
    }

    /** Ends what {@link #take} began. */
    default void giveBack() {}

    /** Threads may wait for ever in a graph that was left in the middle: nobody else may use them. Before giving back. */
    default void replaceBroken() {}

    /** Lets those who wait in {@link #take} look at their {@link Stop}. */
    default void wake() {}

    /** The context is gone. @param poisoned whether the threads may still be in one of its graphs */
    void free(boolean poisoned);
}
