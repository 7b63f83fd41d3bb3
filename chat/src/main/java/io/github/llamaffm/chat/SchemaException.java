package io.github.llamaffm.chat;

import java.io.Serial;

/** A type or a JSON schema says something that cannot be forced on an answer. Nothing was generated. */
public final class SchemaException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String keyword;

    SchemaException(String pointer, String keyword, String reason) {
        super("%s of the schema at '%s': %s".formatted(keyword, pointer, reason), null);
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
