package io.github.llamaffm.internal.chat;

import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;

/** A sequence, to the chat module. */
public interface ChatSequence {

    /** Whether so many tokens more fit the context as it is. Leaves a generation that is under way alone. */
    boolean hasRoom(int tokens);

    /** As {@code Sequence.save(Path)}, into a file that has other things too. */
    void save(String name, StateSink sink);

    /** As {@code Sequence.restore(Path)}, from a part of a file. */
    void restore(String name, StateSource source);
}
