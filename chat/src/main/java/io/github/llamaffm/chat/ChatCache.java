package io.github.llamaffm.chat;

import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.util.List;

/** What a {@link Chat} asks of a model besides {@link ChatModel#reply}: a model that has no such thing leaves chats to their history. */
interface ChatCache {

    /** As {@link ChatModel#reply}; what is cached of it afterwards is found by the key. */
    Reply reply(List<Message> messages, AskOptions options, ConversationKey key);

    /** Frees what is cached. */
    void release(ConversationKey key);

    /** Writes what is cached last; nothing where nothing is. The name is that of the file, for messages. */
    void save(ConversationKey key, String name, StateSink sink) throws IOException;

    /**
     * Caches what was saved, in the place of what is cached.
     *
     * @return whether it could be: it is whole, and of this model and such a context
     */
    boolean restore(ConversationKey key, String name, StateSource source) throws IOException;
}
