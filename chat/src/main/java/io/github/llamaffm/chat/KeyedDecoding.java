package io.github.llamaffm.chat;

import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;

/** A way to decode whose prompts are all of one chat. */
record KeyedDecoding(Decoding decoding, ConversationKey key) implements Decoding {

    @Override
    public DecodeOutcome run(DecodeRequest request, DecodeListener listener) {
        return decoding.run(request.of(key), listener);
    }

    @Override
    public int capacity() {
        return decoding.capacity();
    }

    @Override
    public CacheCounters counters() {
        return decoding.counters();
    }

    @Override
    public void release(ConversationKey other) {
        decoding.release(other);
    }

    @Override
    public void save(ConversationKey other, String name, StateSink sink) throws IOException {
        decoding.save(other, name, sink);
    }

    @Override
    public boolean restore(ConversationKey other, String name, StateSource source) throws IOException {
        return decoding.restore(other, name, source);
    }

    @Override
    public void close() {
        decoding.close();
    }
}
