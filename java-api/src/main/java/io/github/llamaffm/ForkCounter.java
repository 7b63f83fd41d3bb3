package io.github.llamaffm;

/** How often sequences of a context were forked, and what that copied. Used by one thread at a time. */
final class ForkCounter {

    private long forks;
    private long copiedBytes;

    void count(long bytes) {
        forks++;
        copiedBytes += bytes;
    }

    long forks() {
        return forks;
    }

    /** Tensor data, as the native caches report their size: 0 where sequences share one stream. */
    long copiedBytes() {
        return copiedBytes;
    }

    void reset() {
        forks = 0;
        copiedBytes = 0;
    }
}
