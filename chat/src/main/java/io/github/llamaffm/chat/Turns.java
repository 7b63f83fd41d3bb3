package io.github.llamaffm.chat;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One at a time, in the order in which they came. */
final class Turns {

    private final Semaphore turn = new Semaphore(1, true);

    /**
     * Waits for a turn, which {@link #end()} ends.
     *
     * @throws BusyException if it takes longer
     */
    void await(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        if (!turn.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new BusyException(Duration.ofNanos(System.nanoTime() - start), turn.getQueueLength() + 1);
        }
    }

    void end() {
        turn.release();
    }
}
