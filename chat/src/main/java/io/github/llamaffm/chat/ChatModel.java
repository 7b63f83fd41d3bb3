package io.github.llamaffm.chat;

import io.github.llamaffm.Model;
import java.util.List;

/**
 * A model that answers conversations. It keeps nothing of them but a cache: each call brings its whole conversation, of which
 * only what is new is computed. Any thread; calls wait for each other in the order in which they came.
 */
public interface ChatModel extends AutoCloseable {

    /** With {@link ChatModelOptions#defaults()}. See {@link #of(Model, ChatModelOptions)}. */
    static ChatModel of(Model model) {
        return of(model, ChatModelOptions.defaults());
    }

    /**
     * Opens a context of a model for conversations. The model stays open until this is closed.
     *
     * @throws TemplateException if the template does not parse
     * @throws IllegalArgumentException if the model makes no text
     * @throws io.github.llamaffm.InsufficientMemoryException if the context does not fit
     */
    static ChatModel of(Model model, ChatModelOptions options) {
        return LocalChatModel.open(model, options);
    }

    /** What answers. */
    Model model();

    /** As asked for. */
    ChatModelOptions options();

    /** What the template is and can do. */
    ChatTemplate template();

    /**
     * Starts to answer a conversation, at once and whether or not somebody reads. What fails is thrown by the iterator's {@code
     * next()} and by {@link Reply#answer()}: {@link ChatException}, and what the layers below throw.
     *
     * @param messages the whole conversation
     * @throws TemplateException if there are tools to call, and the template has no calls of tools
     * @throws IllegalArgumentException if there is no message, the seed is not valid, there is not the tool that must be called, or there
     *     are tools to call beside a grammar for the whole answer
     * @throws IllegalStateException after close
     */
    Reply reply(List<Message> messages, AskOptions options);

    /** Answers one question, with {@link ChatModelOptions#ask()}. See {@link #ask(String, AskOptions)}. */
    default Answer ask(String prompt) {
        return ask(prompt, options().ask());
    }

    /** Answers one question and waits for the end. An interrupt cancels it. */
    default Answer ask(String prompt, AskOptions options) {
        try (Reply reply = reply(List.of(Message.user(prompt)), options)) {
            return reply.answer();
        }
    }

    /** Answers one question with a value, with {@link ChatModelOptions#ask()}. See {@link #ask(String, Class, AskOptions)}. */
    default <T> T ask(String prompt, Class<T> type) {
        return ask(prompt, type, options().ask());
    }

    /**
     * Answers one question with a value: the answer is forced to be JSON that a record, an enum, a sealed interface of records or a
     * simple type can be read from. What the constructor of a record throws comes through as it is.
     *
     * @throws IncompleteAnswerException if a limit cut it off
     * @throws SchemaException if an annotation of the type asks for what a grammar cannot force
     * @throws IllegalArgumentException if JSON has no form for the type, or the options have another format than text
     */
    default <T> T ask(String prompt, Class<T> type, AskOptions options) {
        return ask(prompt, AnswerType.of(type), options);
    }

    /** As {@link #ask(String, Class, AskOptions)}, for types with arguments: {@code new TypeRef<List<Line>>() {}}. */
    default <T> T ask(String prompt, TypeRef<T> type, AskOptions options) {
        return ask(prompt, AnswerType.of(type), options);
    }

    private <T> T ask(String prompt, AnswerType<T> type, AskOptions options) {
        TypedAnswer<T> typed = new TypedAnswer<>(type);
        return typed.read(ask(prompt, typed.options(options)));
    }

    /** A chat without a message. */
    default Chat newChat() {
        return newChat(ChatHistory.empty());
    }

    /** A chat that begins with a system message. */
    default Chat newChat(String system) {
        return newChat(ChatHistory.of(Message.system(system)));
    }

    /** A chat that goes on from a history. */
    default Chat newChat(ChatHistory history) {
        return new ModelChat(this, history);
    }

    /** What the cache saved. */
    CacheCounters cacheCounters();

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /**
     * Cancels what runs and what waits, and frees the context. A second call does nothing.
     *
     * @throws IllegalStateException if it is called by what an answer calls: a sampler, or a handler of a tool on its own thread
     */
    @Override
    void close();
}
