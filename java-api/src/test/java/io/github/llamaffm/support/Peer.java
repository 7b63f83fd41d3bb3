package io.github.llamaffm.support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One run of a tool of upstream's. */
public final class Peer {
    private Peer() {
    }

    /** Runs it to its end, which has to be a good one, with nothing to read; returns all that it wrote. */
    public static String run(String tool, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(TestFiles.peers().resolve(tool).toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).start();
            String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ": " + log);
            }
            return log;
        } catch (IOException e) {
            throw new AssertionError(tool + " does not run", e);
        }
    }
}
