package io.github.llamaffm.cli;

import java.io.OutputStream;
import java.io.PrintWriter;

/**
 * Does once what commands do, so that a JVM can record what that takes (an AOT cache): the script {@code llama-ffm} runs it
 * after a build.
 */
final class Rehearsal {

    private Rehearsal() {}

    /** Ends with exit code 1 where a command fails: a record without it would slow down rather than help. */
    static void main() {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream());
        Terminals.prepare();
        boolean done = Main.run(nowhere, nowhere, "complete", "--max-tokens", "2", "Once") == 0
                && Main.run(nowhere, nowhere, "run", "--max-tokens", "2", "Hello") == 0;
        System.exit(done ? 0 : 1);
    }
}
