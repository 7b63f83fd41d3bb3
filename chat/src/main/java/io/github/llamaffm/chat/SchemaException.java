package io.github.llamaffm.chat;

import java.io.Serial;

/** A type or a JSON schema says something that cannot be forced on an answer. Nothing was generated. */
public final class SchemaException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String keyword;

    SchemaException(String pointer, String keyword, String reason) {
        super("the schema%s: %s".formatted(pointer.isEmpty() ? "" : " at " + pointer, reason), null);
        this.pointer = pointer;
        this.keyword = keyword;
    }

    /** Where it is: a JSON pointer into the schema, empty for its root. */
    public String pointer() {
        return pointer;
    }

    /** The keyword that is the trouble. */
    public String keyword() {
        return keyword;
    }
}
