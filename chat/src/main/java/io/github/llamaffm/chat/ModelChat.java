package io.github.llamaffm.chat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A history on top of any model. */
final class ModelChat implements Chat {

    private static final Object IDLE = new Object();

    private final ChatModel model;

    /** Empty: the model, which is not one of ours, does not say what it caches. */
    private final Optional<ChatCache> cache;

    private final ConversationKey key = new ConversationKey();

    /** What is under way: an answer, or a call; else {@link #IDLE}. */
    private final AtomicReference<Object> busy = new AtomicReference<>(IDLE);

    private volatile ChatHistory history;

    ModelChat(ChatModel model, ChatHistory history) {
        this.model = model;
        this.cache = model instanceof ChatCache own ? Optional.of(own) : Optional.empty();
        this.history = history;
    }

    @Override
    public Answer ask(String prompt) {
        return ask(prompt, model.options().ask());
    }

    @Override
    public Answer ask(String prompt, AskOptions options) {
        try (Reply reply = stream(prompt, options)) {
            return reply.answer();
        }
    }

    @Override
    public <T> T ask(String prompt, Class<T> type, AskOptions options) {
        return ask(prompt, new TypedAnswer<>(AnswerType.of(type)), options);
    }

    @Override
    public <T> T ask(String prompt, TypeRef<T> type, AskOptions options) {
        return ask(prompt, new TypedAnswer<>(AnswerType.of(type)), options);
    }

    private <T> T ask(String prompt, TypedAnswer<T> typed, AskOptions options) {
        AskOptions.Values values = typed.options(options);
        return alone(() -> {
            ChatHistory asked = history.and(Message.user(prompt));
            try (Reply reply = reply(asked, values)) {
                Answer answer = reply.answer();
                T value = typed.read(answer);
                keep(asked, answer);
                return value;
            }
        });
    }

    @Override
    public Reply stream(String prompt) {
        return stream(prompt, model.options().ask());
    }

    @Override
    public Reply stream(String prompt, AskOptions options) {
        return stream(Message.user(prompt), options);
    }

    @Override
    public Reply stream(UserMessage message, AskOptions options) {
        return start(before -> before.and(message), options);
    }

    @Override
    public Reply resume(AskOptions options) {
        return start(ModelChat::requireMessage, options);
    }

    @Override
    public Reply regenerate(AskOptions options) {
        return start(before -> {
            if (!(requireMessage(before).messages().getLast() instanceof AssistantMessage)) {
                throw new IllegalStateException("the history of %d messages does not end with one of the model: resume makes one"
                        .formatted(before.messages().size()));
            }
            return before.truncate(before.messages().size() - 1);
        }, options);
    }

    private static ChatHistory requireMessage(ChatHistory history) {
        if (history.messages().isEmpty()) {
            throw new IllegalStateException("the history has no message to go on from");
        }
        return history;
    }

    /** @param asked what the model is to answer, of the history */
    private Reply start(UnaryOperator<ChatHistory> asked, AskOptions options) {
        Object mine = begin();
        boolean started = false;
        try {
            ChatHistory before = asked.apply(history);
            Reply reply = reply(before, options);
            started = true;
            return new ChatReply(reply, answer -> keep(before, answer), () -> end(mine));
        } finally {
            if (!started) {
                end(mine);
            }
        }
    }

    private Reply reply(ChatHistory asked, AskOptions options) {
        return cache.map(own -> own.reply(asked.messages(), options, key)).orElseGet(() -> model.reply(asked.messages(), options));
    }

    private void keep(ChatHistory before, Answer answer) {
        List<Message> said = Kept.of(answer);
        if (!said.isEmpty()) {
            history = before.and(said);
        }
    }

    @Override
    public ChatHistory history() {
        return history;
    }

    @Override
    public void history(ChatHistory other) {
        alone(() -> history = other);
    }

    @Override
    public void add(Message message) {
        alone(() -> history = history.and(message));
    }

    @Override
    public Chat fork() {
        return alone(() -> new ModelChat(model, history));
    }

    @Override
    public void save(Path file) {
        alone(() -> {
            ChatFile.write(file, history, sink -> {
                if (cache.isPresent()) {
                    cache.get().save(key, file.toString(), sink);
                }
            });
        });
    }

    @Override
    public boolean restore(Path file) {
        return alone(() -> ChatFile.read(file, (saved, source) -> {
            boolean cached = cache.isPresent() && cache.get().restore(key, file.toString(), source);
            history = saved;
            return cached;
        }));
    }

    @Override
    public void release() {
        alone(() -> cache.ifPresent(own -> own.release(key)));
    }

    private <T> T alone(Supplier<T> work) {
        Object mine = begin();
        try {
            return work.get();
        } finally {
            end(mine);
        }
    }

    private void alone(Runnable work) {
        Object mine = begin();
        try {
            work.run();
        } finally {
            end(mine);
        }
    }

    private Object begin() {
        Object mine = new Object();
        if (!busy.compareAndSet(IDLE, mine)) {
            throw new IllegalStateException("the chat is in use: read the reply that is under way to its end or close it, and use a chat "
                    + "from one thread at a time; fork() makes another");
        }
        return mine;
    }

    private void end(Object mine) {
        busy.compareAndSet(mine, IDLE);
    }
}
