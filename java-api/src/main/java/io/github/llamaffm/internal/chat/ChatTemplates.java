package io.github.llamaffm.internal.chat;

/** Chat templates in native memory. Any thread. */
public interface ChatTemplates extends AutoCloseable {

    /** What they are and can do, as JSON. Calls {@code lf_chat_describe}. */
    String facts();

    /**
     * Renders a conversation. Calls {@code lf_chat_apply}, which says what the JSON holds.
     *
     * @throws ChatCallException if the template fails, or the request is none
     */
    String apply(String request);

    /**
     * What reads the answers to a rendered conversation. Calls {@code lf_chat_parser_new}, which says what the JSON holds.
     *
     * @throws ChatCallException if the request is none
     */
    AnswerParser parser(String request);

    @Override
    void close();
}
