package io.github.llamaffm.chat;

import java.nio.file.Path;

/**
 * A conversation with a {@link ChatModel}: a history, to which questions and answers are added. What is computed of it is cached by the
 * model, as far as it has room, and costs nothing again.
 *
 * <p>For one thread at a time. While an answer is made, until its {@link Reply} has been read to the end or closed, every method but
 * {@link #history()} is an {@link IllegalStateException}: so no two answers get into each other.
 *
 * <p>The history changes when {@link ChatEvent.Finish} is read: the question and the answer are added, and what tools were asked and
 * answered between them. An answer that was cut ({@link StopReason#LENGTH}, {@code STOP}, {@code DEADLINE}, {@code CANCELLED}) is kept
 * as far as it came, without calls of tools that nobody answered; where nothing was said yet, and it was not {@code STOP} that cut it, the
 * history stays as it was. It also stays as it was where something fails, or a reply is closed before its end: the same question can be
 * asked again.
 */
public interface Chat {

    /** Asks with {@link ChatModelOptions#ask()}. See {@link #ask(String, AskOptions)}. */
    Answer ask(String prompt);

    /** Asks and waits for the end. An interrupt cancels it. */
    Answer ask(String prompt, AskOptions options);

    /**
     * Asks for a value: as {@link ChatModel#ask(String, Class, AskOptions)}. The history has the answer as JSON. Where there is no value,
     * it stays as it was.
     */
    <T> T ask(String prompt, Class<T> type, AskOptions options);

    /** As {@link #ask(String, Class, AskOptions)}, for types with arguments: {@code new TypeRef<List<Line>>() {}}. */
    <T> T ask(String prompt, TypeRef<T> type, AskOptions options);

    /** Asks with {@link ChatModelOptions#ask()}. See {@link #stream(UserMessage, AskOptions)}. */
    Reply stream(String prompt);

    /** Asks. See {@link #stream(UserMessage, AskOptions)}. */
    Reply stream(String prompt, AskOptions options);

    /** Asks: as {@link ChatModel#reply} with the history and this message. */
    Reply stream(UserMessage message, AskOptions options);

    /**
     * Goes on from the history as it is: after results of tools that were added, or after an edit.
     *
     * @throws IllegalStateException if there is no message
     */
    Reply resume(AskOptions options);

    /**
     * Makes the model's last message anew. The old one stays until the new one is there. Tools that ran before it do not run again.
     *
     * @throws IllegalStateException if the history does not end with a message of the model
     */
    Reply regenerate(AskOptions options);

    /** What was said so far. Any thread, any time. */
    ChatHistory history();

    /** Goes on from another history: an edit. As many of its first tokens as are cached are not computed again. */
    void history(ChatHistory history);

    /** Adds a message that was not asked with, such as the result of a tool. */
    void add(Message message);

    /** Another chat with the same history. What both have in common is cached once where the memory can share it. */
    Chat fork();

    /**
     * Writes the history and, where it is cached, what was computed of it. Only the file's owner may read it. An older file is replaced
     * when all is written; where that fails it stays as it was. Waits for its turn as an answer does, and lets no other be made meanwhile.
     * A thread that is interrupted writes nothing.
     *
     * @throws ChatFileException if it cannot be written
     * @throws BusyException if there is no turn within {@link ChatModelOptions#queueTimeout()}
     * @throws io.github.llamaffm.StateException if llama.cpp cannot say what it computed
     */
    void save(Path file);

    /**
     * Goes on from what was saved, here or elsewhere. Texts that were {@link Content.Part.Trusted} are texts like others then. What was
     * computed is cached again where the file has it whole and it is of this model and such a context. Restore only what your own
     * programs saved: a file can be made that says one thing and has computed another.
     *
     * @return whether what was computed is cached again; if not, the next answer computes the whole history
     * @throws ChatFileException if there is no history in the file, as it was written; this chat is as before
     * @throws BusyException if there is no turn within {@link ChatModelOptions#queueTimeout()}; this chat is as before
     */
    boolean restore(Path file);

    /**
     * Frees what is cached of it, of edits and answers before too. The history stays: the next answer computes it again. Waits for its
     * turn as an answer does.
     *
     * @throws BusyException if there is no turn within {@link ChatModelOptions#queueTimeout()}
     */
    void release();
}
