package io.github.llamaffm.internal.gbnf;

/** The smallest parts of GBNF, each read as llama.cpp reads it. Holds the place that is read next. */
final class GbnfLexer {

    private final GbnfText text;
    private int position;

    GbnfLexer(GbnfText text) {
        this.text = text;
    }

    int position() {
        return position;
    }

    int peek() {
        return text.at(position);
    }

    boolean atEnd() {
        return position == text.length();
    }

    void skip() {
        position++;
    }

    /** Takes the character if it comes next. */
    boolean take(int character) {
        if (peek() == character) {
            position++;
            return true;
        }
        return false;
    }

    void require(int character) {
        if (!take(character)) {
            throw error("expected '%c', found %s".formatted(character, text.show(position)));
        }
    }

    void requireDefinition() {
        if (!(text.at(position) == ':' && text.at(position + 1) == ':' && text.at(position + 2) == '=')) {
            throw error("expected ::= after the name of a rule, found " + text.show(position));
        }
        position += 3;
    }

    void requireNewlineOrEnd() {
        if (take('\r')) {
            take('\n');
        } else if (!take('\n') && !atEnd()) {
            throw error(text.show(position) + " is not the start of anything that a rule can have; rules end with a newline");
        }
    }

    /** Spaces, comments and, where they do not end the rule, newlines. */
    void skipSpace(boolean newlines) {
        while (true) {
            int c = peek();
            if (c == '#') {
                while (!atEnd() && peek() != '\r' && peek() != '\n') {
                    position++;
                }
            } else if (c == ' ' || c == '\t' || newlines && (c == '\r' || c == '\n')) {
                position++;
            } else {
                return;
            }
        }
    }

    static boolean isNameCharacter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || isDigit(c);
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    String name() {
        int start = position;
        while (isNameCharacter(peek())) {
            position++;
        }
        if (position == start) {
            throw error("expected the name of a rule (letters, digits and -), found " + text.show(position));
        }
        return text.part(start, position);
    }

    /** A count; what is too large for a {@code long} is the largest one. */
    long number(String what) {
        int start = position;
        while (isDigit(peek())) {
            position++;
        }
        if (position == start) {
            throw error("expected %s, found %s".formatted(what, text.show(position)));
        }
        String digits = text.part(start, position);
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException _) {
            throw error("the number %s is too large".formatted(digits), start);
        }
    }

    /** One character of a text or of a character class, behind an opening that lies at a place. */
    int character(int opening, String what) {
        if (atEnd()) {
            throw error("this %s is never closed".formatted(what), opening);
        }
        if (!take('\\')) {
            return text.at(position++);
        }
        return switch (peek()) {
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 't' -> simple('\t');
            case 'r' -> simple('\r');
            case 'n' -> simple('\n');
            case '\\', '"', '[', ']', '-' -> simple(peek());
            default -> throw error("unknown escape: a backslash and " + text.show(position)
                    + "; there are \\t \\r \\n \\\\ \\\" \\[ \\] \\- \\xXX \\uXXXX \\UXXXXXXXX", position - 1);
        };
    }

    private int simple(int character) {
        position++;
        return character;
    }

    private int hex(int digits) {
        int start = position - 1;
        position++;
        long value = 0;
        for (int i = 0; i < digits; i++) {
            if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
                throw error("expected %d hexadecimal digits".formatted(digits), start);
            }
            value = 16 * value + Character.digit(peek(), 16);
            position++;
        }
        if (value > Character.MAX_CODE_POINT || value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
            throw error("U+%04X is no character".formatted(value), start);
        }
        return (int) value;
    }

    GbnfException error(String reason) {
        return error(reason, position);
    }

    GbnfException error(String reason, int where) {
        return text.error(reason, where);
    }

    String part(int from) {
        return text.part(from, position);
    }
}
