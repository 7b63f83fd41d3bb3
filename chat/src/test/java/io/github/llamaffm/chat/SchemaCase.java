package io.github.llamaffm.chat;

import java.util.Optional;

/**
 * A schema to force on a model.
 *
 * @param type that it is of, and the answers are read as
 */
record SchemaCase(String name, String schema, Optional<AnswerType<?>> type) {

    static SchemaCase schema(String name, String schema) {
        return new SchemaCase(name, schema, Optional.empty());
    }

    static SchemaCase of(Class<?> type) {
        AnswerType<?> answer = AnswerType.of(type);
        return new SchemaCase(type.getSimpleName(), answer.schema(), Optional.of(answer));
    }

    static SchemaCase of(String name, TypeRef<?> type) {
        AnswerType<?> answer = AnswerType.of(type);
        return new SchemaCase(name, answer.schema(), Optional.of(answer));
    }

    @Override
    public String toString() {
        return name;
    }
}
