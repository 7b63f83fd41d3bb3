package io.github.llamaffm.cli;

import java.util.Optional;

/** Where the texts of a conversation come from. */
interface Entries extends AutoCloseable {

    /** Whether somebody sits there, who reads what failed and goes on. */
    boolean isInteractive();

    /** The next one; empty: there are no more. */
    Optional<String> next();

    /** What Ctrl-C does while nothing is read, where it does not end the process. */
    void onInterrupt(Runnable action);

    @Override
    void close();
}
