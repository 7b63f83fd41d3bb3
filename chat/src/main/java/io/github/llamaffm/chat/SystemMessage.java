package io.github.llamaffm.chat;

/**
 * What the model is to be: rules that come before what users say.
 *
 * @param content what it says
 */
public record SystemMessage(Content content) implements Message {}
