package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** A grammar is wrong. */
public final class GrammarException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** From 1. */
    private final int line;
    /** In characters, from 1. */
    private final int column;

    GrammarException(String reason, int line, int column) {
        super("line %d, column %d: %s".formatted(line, column, reason), List.of());
        this.line = line;
        this.column = column;
    }

    /** Of the place in the grammar, from 1. */
    public int line() {
        return line;
    }

    /** Of the place in the grammar, in characters from 1. */
    public int column() {
        return column;
    }
}
