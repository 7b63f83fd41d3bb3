package io.github.llamaffm.chat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.internal.chat.ChatHost;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An answer that a virtual thread makes, while another thread reads its events. */
final class RunningReply implements Reply {

    private final EventQueue events = new EventQueue();
    private final Cancellation cancellation = Cancellation.create();
    private final Consumer<RunningReply> onEnd;
    private volatile @Nullable Thread thread;

    /** Of who reads: one after the other, so that each sees what the others have read. */
    private final ReentrantLock reading = new ReentrantLock();

    private boolean iterated;

    /** Once the last event is read. */
    private @Nullable Answer answer;

    RunningReply(Consumer<RunningReply> onEnd) {
        this.onEnd = onEnd;
    }

    /** What ends the work. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** Starts the work, which may be cancelled by a token of the caller's too. */
    void start(ChatHost host, Optional<Cancellation> callers, Answering work) {
        thread = Thread.ofVirtual().name("llama-ffm chat").unstarted(() -> {
            Runnable remove = () -> {};
            try {
                remove = callers.map(token -> host.onCancel(token, this::cancel)).orElse(remove);
                work.run(events::put);
                events.end(null);
            } catch (Throwable failure) {
                // Whatever it is, it is thrown to who reads.
                events.end(failure);
            } finally {
                remove.run();
                onEnd.accept(this);
            }
        });
        thread.start();
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        read(() -> {
            if (iterated) {
                throw new IllegalStateException("a reply is iterated once");
            }
            iterated = true;
            return true;
        });
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return read(() -> events.awaitNext(RunningReply.this::cancel));
            }

            @Override
            public ChatEvent next() {
                return read(RunningReply.this::take);
            }
        };
    }

    @Override
    public Answer answer() {
        return read(() -> {
            while (answer == null && events.awaitNext(this::cancel)) {
                take();
            }
            Answer whole = answer;
            if (whole == null) {
                events.throwFailure();
                throw new IllegalStateException("the reply was closed before its end");
            }
            return whole;
        });
    }

    /** An interrupt cancels, also where another thread reads; then this goes on waiting for the end, which is near. */
    private <T> T read(Supplier<T> work) {
        boolean interrupted = false;
        try {
            reading.lockInterruptibly();
        } catch (InterruptedException _) {
            interrupted = true;
            cancel();
            reading.lock();
        }
        try {
            return work.get();
        } finally {
            reading.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ChatEvent take() {
        if (!events.awaitNext(this::cancel)) {
            throw new NoSuchElementException("the reply has ended");
        }
        ChatEvent event = events.take();
        if (event instanceof ChatEvent.Finish(Answer whole)) {
            answer = whole;
        }
        return event;
    }

    @Override
    public void cancel() {
        cancellation.cancel();
        Thread running = thread;
        if (running != null) {
            // It may wait for its turn, or for a tool.
            running.interrupt();
        }
    }

    @Override
    public void close() {
        cancel();
        events.drop();
    }

    /** Whether a thread does the work. */
    boolean isMadeBy(Thread worker) {
        return worker == thread;
    }

    /** Waits for the end of the work. */
    void awaitEnd() {
        Thread running = thread;
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
