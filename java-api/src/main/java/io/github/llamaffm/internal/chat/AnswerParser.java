package io.github.llamaffm.internal.chat;

/** Reads answers of a model. Any thread. */
public interface AnswerParser extends AutoCloseable {

    /**
     * The message that an answer is, as JSON. Calls {@code lf_chat_parse}.
     *
     * @param answer all of it so far
     * @param partial whether it goes on
     * @throws ChatCallException if it is not what the template asked for
     */
    String parse(String answer, boolean partial);

    @Override
    void close();
}
