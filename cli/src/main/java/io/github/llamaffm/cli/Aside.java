package io.github.llamaffm.cli;

import java.io.PrintWriter;
import org.jline.terminal.spi.SystemStream;

/** What somebody at a terminal sees beside the answer: progress, and thoughts of the model. Elsewhere it is nothing. */
final class Aside {

    private static final String DIM = "\u001b[2m";
    private static final String NOT_DIM = "\u001b[22m";
    private static final String CLEAR_LINE = "\r\u001b[K";

    private enum Shown { NOTHING, PROGRESS, THOUGHTS }

    private final PrintWriter err;
    private final boolean visible;
    private Shown shown = Shown.NOTHING;
    private String progress = "";

    Aside(PrintWriter err, boolean visible) {
        this.err = err;
        this.visible = visible;
    }

    /** On stderr, where that is a terminal that knows escape codes. */
    static Aside of(PrintWriter err) {
        return new Aside(err, Terminals.obeyEscapes() && Terminals.are(SystemStream.Error));
    }

    /** How much of something is done, from 0 to 1, in place of what was said before. */
    void progress(String what, double fraction) {
        String text = what + " " + Math.round(fraction * 100) + " %";
        if (visible && !(shown == Shown.PROGRESS && text.equals(progress))) {
            begin(Shown.PROGRESS);
            progress = text;
            err.print(CLEAR_LINE + text);
            err.flush();
        }
    }

    /** More of the model's thoughts. */
    void thoughts(String text) {
        if (visible) {
            begin(Shown.THOUGHTS);
            err.print(text);
            err.flush();
        }
    }

    /** What follows begins on a line of its own. */
    void end() {
        begin(Shown.NOTHING);
    }

    private void begin(Shown next) {
        if (shown == next) {
            return;
        }
        if (shown != Shown.NOTHING) {
            err.print(shown == Shown.PROGRESS ? CLEAR_LINE : NOT_DIM + System.lineSeparator());
        }
        if (next == Shown.THOUGHTS) {
            err.print(DIM);
        }
        err.flush();
        shown = next;
    }
}
