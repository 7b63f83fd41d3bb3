package io.github.llamaffm.chat;

/**
 * A model asks for a tool.
 *
 * @param id by which a {@link ToolMessage} answers it; not empty
 * @param name of the tool
 * @param arguments as JSON
 */
public record ToolCall(String id, String name, String arguments) {}
