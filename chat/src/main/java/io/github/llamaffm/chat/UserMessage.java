package io.github.llamaffm.chat;

/**
 * What a user says.
 *
 * @param content what it says
 */
public record UserMessage(Content content) implements Message {}
