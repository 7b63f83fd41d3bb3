package io.github.llamaffm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** Lines of standard input: a pipe, a file, or a terminal that knows no escape codes. */
final class PlainEntries implements Entries {

    private final BufferedReader in = new BufferedReader(Input.reader());
    private final PrintWriter out;
    private final boolean interactive;

    /** @param interactive whether somebody sees a prompt on {@code out} */
    PlainEntries(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    @Override
    public boolean isInteractive() {
        return interactive;
    }

    @Override
    public Optional<String> next() {
        StringBuilder typed = new StringBuilder();
        Optional<String> line = line("> ");
        if (line.isEmpty()) {
            if (interactive) {
                out.println();
            }
            return line;
        }
        typed.append(line.get());
        while (Entry.isOpen(typed.toString()) && (line = line(". ")).isPresent()) {
            typed.append('\n').append(line.get());
        }
        return Optional.of(Entry.text(typed.toString()));
    }

    private Optional<String> line(String prompt) {
        if (interactive) {
            Output.print(out, prompt);
        }
        try {
            return Optional.ofNullable(in.readLine());
        } catch (CharacterCodingException e) {
            throw Input.notUtf8();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ctrl-C ends the process here. */
    @Override
    public void onInterrupt(Runnable action) {}

    @Override
    public void close() {}
}
