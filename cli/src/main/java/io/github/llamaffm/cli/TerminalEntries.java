package io.github.llamaffm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Lines that are edited at a terminal, with those before them to go back to: in memory, so that nothing of a conversation is
 * left behind.
 */
final class TerminalEntries implements Entries {

    private static final String PROMPT = "> ";

    private final Terminal terminal;
    private final LineReader reader;
    private volatile Runnable onInterrupt = () -> {};

    TerminalEntries() {
        try {
            terminal = TerminalBuilder.builder()
                    .provider(Terminals.PROVIDER)
                    .encoding(StandardCharsets.UTF_8)
                    // It would be asked what it can, and its answers are late on slow lines.
                    .graphemeCluster(false)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        terminal.handle(Terminal.Signal.INT, _ -> onInterrupt.run());
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(new WholeEntries())
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, ". ")
                .variable(LineReader.BELL_STYLE, "none")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.INSERT_TAB, true)
                .build();
    }

    @Override
    public boolean isInteractive() {
        return true;
    }

    @Override
    public Optional<String> next() {
        boolean warned = false;
        while (true) {
            try {
                return Optional.of(Entry.text(reader.readLine(PROMPT)));
            } catch (UserInterruptException e) {
                boolean nothingTyped = e.getPartialLine().isEmpty();
                if (nothingTyped && warned) {
                    return Optional.empty();
                }
                if (nothingTyped) {
                    // It may have been meant for an answer that has just ended.
                    terminal.writer().println("Ctrl-C again, or Ctrl-D, ends the chat.");
                }
                warned = nothingTyped;
            } catch (EndOfFileException _) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void onInterrupt(Runnable action) {
        onInterrupt = action;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text is no language: nothing in it quotes or escapes. */
    private static final class WholeEntries extends DefaultParser {

        WholeEntries() {
            setQuoteChars(new char[0]);
            setEscapeChars(new char[0]);
        }

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && Entry.isOpen(line)) {
                throw new EOFError(-1, -1, "more lines belong to it");
            }
            return super.parse(line, cursor, context);
        }
    }
}
