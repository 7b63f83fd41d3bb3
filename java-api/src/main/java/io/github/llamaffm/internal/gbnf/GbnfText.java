package io.github.llamaffm.internal.gbnf;

/** The characters of a grammar, and where each is. 0 stands behind the last one, as in C. */
final class GbnfText {

    private final int[] characters;

    GbnfText(String text) {
        characters = text.codePoints().toArray();
    }

    int length() {
        return characters.length;
    }

    /** The character at a place; 0 at the end. */
    int at(int index) {
        return index < characters.length ? characters[index] : 0;
    }

    String part(int from, int to) {
        return new String(characters, from, to - from);
    }

    GbnfException error(String reason, int index) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < index; i++) {
            boolean crBeforeLf = at(i) == '\r' && at(i + 1) == '\n';
            if (at(i) == '\n' || at(i) == '\r' && !crBeforeLf) {
                line++;
                start = i + 1;
            }
        }
        return new GbnfException(reason, line, index - start + 1);
    }

    /** A character as it is shown in a message. */
    String show(int index) {
        int c = at(index);
        return c == 0 ? "the end" : Character.isISOControl(c) ? "U+%04X".formatted(c) : "'" + Character.toString(c) + "'";
    }
}
