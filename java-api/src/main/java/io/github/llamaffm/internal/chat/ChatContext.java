package io.github.llamaffm.internal.chat;

/** A context, to the chat module. */
public interface ChatContext {

    /** Begins to search what is computed of a prompt. */
    CacheLookup lookup();
}
