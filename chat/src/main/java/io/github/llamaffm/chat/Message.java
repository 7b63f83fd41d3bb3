package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;

/** One message of a conversation. A value. */
public sealed interface Message permits SystemMessage, UserMessage, AssistantMessage, ToolMessage {

    /** What it says. */
    Content content();

    /** What the model is to be. */
    static SystemMessage system(String text) {
        return new SystemMessage(Content.of(text));
    }

    /** What a user says. */
    static UserMessage user(String text) {
        return new UserMessage(Content.of(text));
    }

    /** What the model said. */
    static AssistantMessage assistant(String text) {
        return new AssistantMessage(Content.of(text), Optional.empty(), List.of());
    }

    /** What a tool answered. */
    static ToolMessage tool(String callId, String text) {
        return new ToolMessage(Content.of(text), callId, Optional.empty());
    }
}
