package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;

/**
 * What the model said.
 *
 * @param content its answer; an empty text where it only asked for tools
 * @param reasoning what it thought before
 * @param toolCalls the tools that it asked for, in order
 */
public record AssistantMessage(Content content, Optional<String> reasoning, List<ToolCall> toolCalls) implements Message {

    /** Copies the calls. */
    public AssistantMessage {
        toolCalls = List.copyOf(toolCalls);
    }
}
