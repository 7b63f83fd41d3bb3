package io.github.llamaffm.chat;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** An answer that becomes part of a chat when its end is read. */
final class ChatReply implements Reply {

    private final Reply reply;
    private final Consumer<Answer> keep;
    private final Runnable end;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * An answer that is under way.
     *
     * @param keep takes the answer, unless it fails or is closed before
     * @param end runs once, after that
     */
    ChatReply(Reply reply, Consumer<Answer> keep, Runnable end) {
        this.reply = reply;
        this.keep = keep;
        this.end = end;
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        Iterator<ChatEvent> events = reply.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return events.hasNext();
            }

            @Override
            public ChatEvent next() {
                ChatEvent event = orEnd(events::next);
                if (event instanceof ChatEvent.Finish(Answer answer)) {
                    finish(answer);
                }
                return event;
            }
        };
    }

    @Override
    public Answer answer() {
        Answer answer = orEnd(reply::answer);
        finish(answer);
        return answer;
    }

    private <T> T orEnd(Supplier<T> read) {
        boolean done = false;
        try {
            T value = read.get();
            done = true;
            return value;
        } finally {
            if (!done && ended.compareAndSet(false, true)) {
                end.run();
            }
        }
    }

    private void finish(Answer answer) {
        if (ended.compareAndSet(false, true)) {
            try {
                keep.accept(answer);
            } finally {
                end.run();
            }
        }
    }

    @Override
    public void cancel() {
        reply.cancel();
    }

    @Override
    public void close() {
        reply.close();
        if (ended.compareAndSet(false, true)) {
            end.run();
        }
    }
}
