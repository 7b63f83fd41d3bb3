package io.github.llamaffm.chat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A Java type as JSON has it: what says how it looks also reads it, so that the two cannot differ. */
interface Shape {

    /** A JSON schema, which belongs to the caller. */
    ObjectNode schema();

    /**
     * The value.
     *
     * @param path where it is in the answer, for errors
     * @throws AnswerMismatch if it does not follow the schema
     */
    Object read(JsonNode node, String path);

    /** The value where its property is missing. */
    default Object missing(String path) {
        throw new AnswerMismatch("there is no " + path);
    }

    /** Whether {@link #missing} gives a value. */
    default boolean mayBeMissing() {
        return false;
    }
}
