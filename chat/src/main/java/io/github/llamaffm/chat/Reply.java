package io.github.llamaffm.chat;

import java.util.Iterator;

/**
 * An answer being made. It is made whether or not somebody reads, so that a slow reader keeps nobody waiting; what was not read yet
 * is kept, which is one answer at most. Any thread reads, cancels and closes; an event is read once.
 */
public interface Reply extends Iterable<ChatEvent>, AutoCloseable {

    /**
     * The events; once only. {@code hasNext()} waits for the next one; what failed is thrown by {@code next()}. A thread that is
     * interrupted while it waits cancels the answer.
     */
    @Override
    Iterator<ChatEvent> iterator();

    /** The whole answer: reads what was not read yet, and throws what failed. */
    Answer answer();

    /** Ends the answer with {@link StopReason#CANCELLED}. */
    void cancel();

    /**
     * Cancels the answer and drops what was not read. Its place is free after the batch that is being computed, on the CPU within it.
     * A second call does nothing.
     */
    @Override
    void close();
}
