package io.github.llamaffm.chat;

import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers in this process: a template, and what decodes. */
final class LocalChatModel implements ChatModel, ChatCache {

    private final Model model;
    private final ChatModelOptions options;
    private final PromptTemplate template;
    private final Decoding decoding;

    /** Those that have not ended. */
    private final Set<RunningReply> replies = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    LocalChatModel(Model model, ChatModelOptions options, PromptTemplate template, Decoding decoding) {
        this.model = model;
        this.options = options;
        this.template = template;
        this.decoding = decoding;
    }

    static LocalChatModel open(Model model, ChatModelOptions options) {
        if (model.info().hasEncoder() || model.info().memoryKind() == MemoryKind.NONE) {
            throw new IllegalArgumentException("a model of architecture %s holds no conversations: it %s".formatted(
                    model.info().architecture(), model.info().hasEncoder() ? "encodes its prompt" : "keeps nothing of its tokens"));
        }
        PromptTemplate template = PromptTemplate.open(model, options.template());
        boolean made = false;
        try {
            LocalChatModel chatModel = new LocalChatModel(model, options, template, new SingleContext(model, options));
            made = true;
            return chatModel;
        } finally {
            if (!made) {
                template.close();
            }
        }
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public ChatModelOptions options() {
        return options;
    }

    @Override
    public ChatTemplate template() {
        return template.info();
    }

    @Override
    public Reply reply(List<Message> messages, AskOptions askOptions) {
        return reply(messages, askOptions, Optional.empty());
    }

    @Override
    public Reply reply(List<Message> messages, AskOptions askOptions, ConversationKey key) {
        return reply(messages, askOptions, Optional.of(key));
    }

    private Reply reply(List<Message> messages, AskOptions askOptions, Optional<ConversationKey> key) {
        requireOpen();
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a conversation without a message");
        }
        AskOptions.Values values = new Defaults(options).in(askOptions.values());
        RunningReply reply = new RunningReply(replies::remove);
        Answering answering = new Answering(template, decoding, model, List.copyOf(messages), values, reply.cancellation(), key);
        replies.add(reply);
        reply.start((ChatHost) model, values.cancellation(), answering);
        if (closed) {
            reply.cancel();
        }
        return reply;
    }

    @Override
    public void release(ConversationKey key) {
        decoding.release(key);
    }

    @Override
    public void save(ConversationKey key, String name, StateSink sink) throws IOException {
        decoding.save(key, name, sink);
    }

    @Override
    public boolean restore(ConversationKey key, String name, StateSource source) throws IOException {
        return decoding.restore(key, name, source);
    }

    @Override
    public CacheCounters cacheCounters() {
        return decoding.counters();
    }

    /** What prompts are decoded by, for tests. */
    Decoding decoding() {
        return decoding;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        Thread caller = ((ChatHost) model).caller();
        if (replies.stream().anyMatch(reply -> reply.isMadeBy(caller))) {
            // It would wait for itself.
            throw new IllegalStateException("the chat model cannot be closed from inside an answer of it");
        }
        closed = true;
        replies.forEach(RunningReply::cancel);
        replies.forEach(RunningReply::awaitEnd);
        decoding.close();
        template.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the chat model is closed");
        }
    }
}
