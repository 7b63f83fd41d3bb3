package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;

/** Takes an answer for text, whatever it is. */
final class TextReader {

    private final StringBuilder text = new StringBuilder();

    /** The events of another piece. */
    List<ChatEvent> read(String piece) {
        text.append(piece);
        return piece.isEmpty() ? List.of() : List.of(new ChatEvent.Text(piece));
    }

    /** The whole message. */
    AssistantMessage message() {
        return new AssistantMessage(Content.of(text.toString()), Optional.empty(), List.of());
    }
}
