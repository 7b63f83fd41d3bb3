package io.github.llamaffm.chat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One at a time, in the order in which they came. */
final class Turns {

    private final Semaphore turn = new Semaphore(1, true);
    private final AtomicLong tickets = new AtomicLong();

    /** Of those who wait or have their turn. */
    private final ConcurrentSkipListSet<Long> present = new ConcurrentSkipListSet<>();

    /**
     * Waits for a turn, which {@link #end(long)} ends.
     *
     * @return the ticket of this turn
     * @throws BusyException if it takes longer
     */
    long await(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        long ticket = tickets.getAndIncrement();
        present.add(ticket);
        boolean mine = false;
        try {
            mine = turn.tryAcquire(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
            if (!mine) {
                throw new BusyException(Duration.ofNanos(System.nanoTime() - start), present.headSet(ticket).size());
            }
            return ticket;
        } finally {
            if (!mine) {
                present.remove(ticket);
            }
        }
    }

    /** As {@link #await}, where an interrupt would leave open whether something is done: the thread stays interrupted. */
    long awaitInAnyCase(Duration limit) {
        Deadline deadline = Deadline.in(Optional.of(limit));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return await(deadline.atMost(limit));
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Those who wait, and who has the turn. */
    int present() {
        return present.size();
    }

    void end(long ticket) {
        present.remove(ticket);
        turn.release();
    }

    /** Takes the last turn there is: those who come later wait in vain. */
    void awaitLast() {
        turn.acquireUninterruptibly();
    }

    /** Lets those who wait after the last turn see that there is none. */
    void endLast() {
        turn.release();
    }
}
