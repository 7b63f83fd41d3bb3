package io.github.llamaffm.chat;

import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;

/**
 * Where prompts become answers. Calls come from many threads and are answered in the order in which they came. One context does
 * it; something that answers several at once may take its place.
 */
interface Decoding extends AutoCloseable {

    /**
     * Answers one prompt, on the thread that calls.
     *
     * @throws BusyException if others keep it waiting for too long
     * @throws ContextFullException if the prompt does not fit
     * @throws IllegalStateException after close
     */
    DecodeOutcome run(DecodeRequest request, DecodeListener listener);

    /** The most tokens of a prompt and its answer together. */
    int capacity();

    /** What the cache saved. */
    CacheCounters counters();

    /** See {@link ChatCache#release}. */
    void release(ConversationKey key);

    /** See {@link ChatCache#save}. */
    void save(ConversationKey key, String name, StateSink sink) throws IOException;

    /** See {@link ChatCache#restore}. */
    boolean restore(ConversationKey key, String name, StateSource source) throws IOException;

    /** Ends what runs, and lets nothing start any more. */
    @Override
    void close();
}
