package io.github.llamaffm.chat;

import java.util.Optional;

/**
 * What a tool answered.
 *
 * @param content its answer
 * @param callId of the {@link ToolCall}
 * @param name of the tool, which some templates want
 */
public record ToolMessage(Content content, String callId, Optional<String> name) implements Message {}
