package io.github.llamaffm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Which of the process's streams somebody sits at. */
final class Terminals {

    /** JLine's way to terminals that needs no JNI. */
    static final String PROVIDER = "ffm";

    /** Of a mode: S_IFMT, and in it S_IFCHR. */
    private static final int FILE_TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private Terminals() {}

    /** Whether each of them is a terminal. */
    static boolean are(SystemStream... streams) {
        try {
            for (SystemStream stream : streams) {
                if (isNoDevice(stream) || !TerminalProvider.load(PROVIDER).isSystemStream(stream)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file or a pipe is none. JLine would bind all its native functions to find that out, each time a command starts. */
    private static boolean isNoDevice(SystemStream stream) throws IOException {
        Path file = Path.of("/dev/fd", Integer.toString(stream.ordinal()));
        try {
            return ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) != CHARACTER_DEVICE || isNull(file);
        } catch (NoSuchFileException | UnsupportedOperationException | IllegalArgumentException _) {
            // Another system, or no stream at all: JLine knows.
            return false;
        }
    }

    private static boolean isNull(Path file) throws IOException {
        return Files.getAttribute(file, "unix:rdev").equals(Files.getAttribute(Path.of("/dev/null"), "unix:rdev"));
    }

    /** Loads what a terminal needs, without one. */
    static void prepare() {
        try {
            TerminalProvider.load(PROVIDER).isSystemStream(SystemStream.Error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether terminals here know escape codes. */
    static boolean obeyEscapes() {
        String type = System.getenv("TERM");
        return type != null && !type.isEmpty() && !type.startsWith("dumb");
    }
}
