package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a conversation. A value, which reads and writes the list of messages that OpenAI's chat completions have.
 *
 * @param messages in order, perhaps none
 */
public record ChatHistory(List<Message> messages) {

    private static final ChatHistory EMPTY = new ChatHistory(List.of());

    /** Copies the messages. */
    public ChatHistory {
        messages = List.copyOf(messages);
    }

    /** Without a message. */
    public static ChatHistory empty() {
        return EMPTY;
    }

    /** With these messages. */
    public static ChatHistory of(Message... messages) {
        return new ChatHistory(List.of(messages));
    }

    /**
     * Reads a JSON array of messages: {@code role}, {@code content} as text or a list of text parts, {@code tool_calls}, {@code
     * tool_call_id}, {@code name} of a tool, and {@code reasoning_content}. {@code developer} is a system message. Other fields are
     * left out; content that is not text is an error. No text of it is {@link Content.Part.Trusted}.
     *
     * @throws IllegalArgumentException if it is no such list, with the place: a line and column, or a JSON pointer
     */
    public static ChatHistory fromJson(String json) {
        return new ChatHistory(MessageReader.read(json));
    }

    /** A JSON array of messages, on one line. {@link Content.Part.Trusted} is written as any other text, and is no longer trusted when it is read. */
    public String toJson() {
        return MessageJson.write(messages);
    }

    /** With one message more. */
    public ChatHistory and(Message message) {
        return and(List.of(message));
    }

    /** With more messages. */
    ChatHistory and(List<Message> more) {
        List<Message> all = new ArrayList<>(messages);
        all.addAll(more);
        return new ChatHistory(all);
    }

    /**
     * Only its first messages.
     *
     * @param count how many, at most as many as there are
     */
    public ChatHistory truncate(int count) {
        if (count < 0 || count > messages.size()) {
            throw new IllegalArgumentException("a history of %d messages has no first %d".formatted(messages.size(), count));
        }
        return new ChatHistory(messages.subList(0, count));
    }
}
