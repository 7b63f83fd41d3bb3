package io.github.llamaffm.chat;

/**
 * A place in a schema.
 *
 * @param pointer JSON pointer
 * @param depth how many schemas it is inside of
 */
record SchemaPlace(String pointer, int depth) {

    static final SchemaPlace ROOT = new SchemaPlace("", 0);

    /** A keyword of the schema that is here, or an element of it. */
    SchemaPlace at(String keyword) {
        return new SchemaPlace(pointer + "/" + keyword.replace("~", "~0").replace("/", "~1"), depth);
    }

    SchemaPlace at(int index) {
        return at(Integer.toString(index));
    }

    /** A schema inside of the one here. */
    SchemaPlace deeper() {
        return new SchemaPlace(pointer, depth + 1);
    }

    /** What is wrong with a keyword of the schema that is here. */
    SchemaException error(String keyword, String reason) {
        return at(keyword).error(reason);
    }

    /** What is wrong with what is here. */
    SchemaException error(String reason) {
        return new SchemaException(pointer, pointer.substring(pointer.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~"), reason);
    }
}
