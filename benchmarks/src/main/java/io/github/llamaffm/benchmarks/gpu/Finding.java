package io.github.llamaffm.benchmarks.gpu;

import java.util.Locale;

/**
 * One line of the report.
 *
 * @param figures what was measured, for people
 */
record Finding(Verdict verdict, String what, String figures) {

    enum Verdict {
        HOLDS("holds"),
        MISSED("**missed**"),
        /** A figure of which nothing was promised. */
        SHOWN("-"),
        /** It cannot be told on this device. */
        NOT_JUDGED("not judged");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        /** For a table. */
        String text() {
            return text;
        }
    }

    /** As a line of a file. */
    String encode() {
        return String.join("\t", verdict.name(), oneLine(what), oneLine(figures));
    }

    /** From such a line. */
    static Finding decode(String line) {
        String[] parts = line.split("\t", -1);
        return new Finding(Verdict.valueOf(parts[0]), parts[1], parts[2]);
    }

    /** As a row of a table. */
    String row() {
        return "| %s | %s | %s |".formatted(what.replace("|", "\\|"), figures.replace("|", "\\|"), verdict.text());
    }

    /** For a line of figures. */
    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String mebibytes(long bytes) {
        return text("%,.1f MiB", bytes / 1048576.0);
    }

    /** Where something lies on this machine is nothing for a page. */
    private static String oneLine(String text) {
        return text.replaceAll("(/[\\w.+-]+)+/", "").replaceAll("\\s+", " ").strip();
    }
}
