package io.github.llamaffm.internal.gbnf;

import java.io.Serial;

/** What is wrong with a grammar, and where. */
public final class GbnfException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Of the place, from 1. */
    private final int line;

    /** In characters, from 1. */
    private final int column;

    GbnfException(String reason, int line, int column) {
        super(reason);
        this.line = line;
        this.column = column;
    }

    /** Of the place, from 1. */
    public int line() {
        return line;
    }

    /** Of the place in characters, from 1. */
    public int column() {
        return column;
    }
}
