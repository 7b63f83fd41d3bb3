package io.github.llamaffm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Which of the process's streams somebody sits at. */
final class Terminals {

    /** JLine's way to terminals that needs no JNI. */
    static final String PROVIDER = "ffm";

    private Terminals() {}

    /** Whether each of them is a terminal. */
    static boolean are(SystemStream... streams) {
        try {
            TerminalProvider provider = TerminalProvider.load(PROVIDER);
            for (SystemStream stream : streams) {
                if (!provider.isSystemStream(stream)) {
                    return false;
                }
            }
            return true;
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
