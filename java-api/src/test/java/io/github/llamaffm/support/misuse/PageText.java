package io.github.llamaffm.support.misuse;

import java.nio.file.Path;

/** A message as the page shows it: the same in every run and on every machine. */
final class PageText {

    private static final int LONGEST = 300;

    /** What is behind that does not come in front of it, whatever is made shorter before. */
    private static final int ENOUGH = 10_000;

    private PageText() {}

    static String of(String message, Path folder) {
        String text = message.substring(0, Math.min(ENOUGH, message.length()))
                .replace(folder.toString(), "FOLDER")
                // Where it was built.
                .replaceAll("\\S*/([\\w.-]+\\.(?:cpp|c|h)):\\d+", "$1:N")
                // What is free now.
                .replaceAll("\\d+( MiB (?:are|is) available| MiB on)", "N$1")
                .replaceAll("(weights|cache|compute|contextSize to at most) \\d+", "$1 N")
                // How far a stack reaches, and what a model says.
                .replaceAll("an answer of \\d+ characters", "an answer of N characters")
                .replaceAll("(that triggered it: )'.*'", "$1'…'")
                .replaceAll("thread Thread-\\d+", "thread Thread-N")
                // Where a name stands depends on how classes are compiled.
                .replaceAll("(Cannot invoke \".*\") because .*", "$1")
                .replaceAll("\\.saving-\\d+", ".saving-N")
                .replaceAll("cannot write \\d+ bytes", "cannot write N bytes")
                .replaceAll("@[0-9a-f]{6,8}\\b", "@N")
                .replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")
                .replace("\n", "; ").replace("\0", "U+0000").strip();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
    }
}
