package io.github.llamaffm.chat;

import java.lang.reflect.Type;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Java type that answers and arguments of tools can have. Any thread.
 *
 * @param <T> the type
 */
final class AnswerType<T> {

    private final Shape shape;
    private final String schema;

    private AnswerType(Shape shape, Map<String, Shape> definitions) {
        this.shape = shape;
        ObjectNode node = shape.schema();
        if (!definitions.isEmpty()) {
            ObjectNode all = node.putObject("$defs");
            definitions.forEach((name, definition) -> all.set(name, definition.schema()));
        }
        this.schema = Json.MAPPER.writeValueAsString(node);
    }

    /** See {@link #of(Type)}. */
    static <T> AnswerType<T> of(Class<T> type) {
        return of((Type) type);
    }

    /** See {@link #of(Type)}. */
    static <T> AnswerType<T> of(TypeRef<T> type) {
        return of(type.type());
    }

    /** @throws IllegalArgumentException if JSON has no form for it, or for a type in it: with the path */
    private static <T> AnswerType<T> of(Type type) {
        Shapes shapes = new Shapes();
        Shape shape = shapes.of(type, type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName(), Map.of());
        if (shape.mayBeMissing()) {
            throw new IllegalArgumentException(type.getTypeName() + " cannot be an answer: only components of records are optional");
        }
        return new AnswerType<>(shape, shapes.definitions());
    }

    /** A JSON schema of all its values. */
    String schema() {
        return schema;
    }

    /**
     * A value. What the constructor of a record throws comes through as it is.
     *
     * @throws AnswerMismatch if the text does not follow the schema: with the place
     */
    @SuppressWarnings("unchecked")  // The shape was made for the type.
    T read(String json) {
        try {
            return (T) shape.read(Json.VALUES.readTree(json), "$");
        } catch (JacksonException e) {
            throw new AnswerMismatch("no JSON: " + e.getOriginalMessage());
        }
    }
}
