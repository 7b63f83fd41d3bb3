package io.github.llamaffm.cli;

import java.io.PrintWriter;

/** Text to who reads the command. */
final class Output {

    private Output() {}

    /**
     * Prints at once.
     *
     * @throws CommandException if nobody reads it: a reader that has gone (such as head) needs no more tokens
     */
    static void print(PrintWriter out, String text) {
        out.print(text);
        // Flushes too.
        if (out.checkError()) {
            throw CommandException.cannotWrite();
        }
    }
}
