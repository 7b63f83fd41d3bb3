package io.github.llamaffm.cli;

/**
 * What somebody enters, which may have several lines: a backslash at the end of a line goes on in the next one, and three
 * double quotes begin a text that three others end.
 */
final class Entry {

    private static final String QUOTES = "\"\"\"";

    private Entry() {}

    /** Whether more lines belong to it. */
    static boolean isOpen(String typed) {
        return isQuoted(typed) ? !isClosed(typed) : goesOn(typed);
    }

    /** What it says. */
    static String text(String typed) {
        if (isQuoted(typed)) {
            String inner = typed.strip().substring(QUOTES.length());
            inner = isClosed(typed) ? inner.substring(0, inner.length() - QUOTES.length()) : inner;
            return inner.replaceFirst("\\A\\h*\\R", "").replaceFirst("\\R\\h*\\z", "");
        }
        StringBuilder text = new StringBuilder();
        for (String line : typed.split("\n", -1)) {
            text.append(text.isEmpty() ? "" : "\n").append(goesOn(line) ? line.substring(0, line.length() - 1) : line);
        }
        return text.toString();
    }

    private static boolean isQuoted(String typed) {
        return typed.stripLeading().startsWith(QUOTES);
    }

    private static boolean isClosed(String typed) {
        String stripped = typed.strip();
        return stripped.length() >= 2 * QUOTES.length() && stripped.endsWith(QUOTES);
    }

    /** Two backslashes are what they are. */
    private static boolean goesOn(String line) {
        int backslashes = line.length() - line.replaceFirst("\\\\+\\z", "").length();
        return backslashes % 2 == 1;
    }
}
