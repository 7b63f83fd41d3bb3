package io.github.llamaffm.cli;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The assembled command at a pseudo-terminal of its own. Python makes that, which the build needs anyway. */
final class TerminalProcess implements AutoCloseable {

    private static final long LIMIT_SECONDS = 120;

    /** Copies its stdin to the terminal, what the terminal shows to its stdout, and ends as the command does. */
    private static final String RELAY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

    private final Process process;
    private final Reader shown;
    private final StringBuilder unread = new StringBuilder();
    private final StringBuilder all = new StringBuilder();

    private TerminalProcess(Process process) {
        this.process = process;
        shown = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
        // Ends what would wait forever.
        Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException _) {
                process.destroyForcibly();
            }
        });
    }

    /** @param type of the terminal, as {@code TERM} has it */
    static TerminalProcess start(String type, Path folder, String... args) {
        ProcessBuilder builder = CommandProcess.builder(folder, args);
        List<String> line = new ArrayList<>(List.of("python3", "-c", RELAY));
        // A line wider than all that is typed: nothing is wrapped.
        line.addAll(List.of("sh", "-c", "stty rows 40 cols 200 && exec \"$@\"", "sh"));
        line.addAll(builder.command());
        builder.command(line).environment().put("TERM", type);
        try {
            return new TerminalProcess(builder.redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Types. */
    void type(String keys) throws IOException {
        OutputStream keyboard = process.getOutputStream();
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    /** Waits until the terminal shows a text, and returns what came until then, the text included. */
    String await(String text) throws IOException {
        int at = unread.indexOf(text);
        while (at < 0) {
            if (!read()) {
                throw new AssertionError("the command ended, or showed nothing for %d s, before '%s' in %s".formatted(
                        LIMIT_SECONDS, text, all));
            }
            at = unread.indexOf(text);
        }
        String come = unread.substring(0, at + text.length());
        unread.delete(0, at + text.length());
        return come;
    }

    /** Waits for the end and returns the rest. */
    String awaitEnd() throws IOException {
        while (read()) { }
        return unread.toString();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    private boolean read() throws IOException {
        char[] more = new char[4096];
        int length = shown.read(more);
        if (length < 0) {
            return false;
        }
        unread.append(more, 0, length);
        all.append(more, 0, length);
        return true;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
