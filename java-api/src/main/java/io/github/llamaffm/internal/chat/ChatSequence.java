package io.github.llamaffm.internal.chat;

/** A sequence, to the chat module. */
public interface ChatSequence {

    /** Whether so many tokens more fit the context as it is. Leaves a generation that is under way alone. */
    boolean hasRoom(int tokens);
}
