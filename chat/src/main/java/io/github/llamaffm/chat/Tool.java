package io.github.llamaffm.chat;

import java.util.Optional;

/** Something that a model may ask for. A value; its handler may run on several threads at once. */
public sealed interface Tool {

    /** Letters, digits, {@code _} and {@code -}, at most 64. */
    String name();

    /** When to use it, for the model. */
    String description();

    /** JSON schema of its arguments: an object. */
    String parameters();

    /**
     * A tool whose handler gets its arguments as a record. Descriptions of its components are for the model.
     *
     * @param arguments a record
     * @throws SchemaException if an annotation asks for what a grammar cannot force: a {@link Pattern} without {@code ^} and {@code $}, say
     * @throws IllegalArgumentException if the name is not valid, it is no record, or JSON has no form for something in it
     */
    static <A> Tool of(String name, String description, Class<A> arguments, ToolHandler<? super A> handler) {
        if (!arguments.isRecord()) {
            throw new IllegalArgumentException("the arguments of the tool '%s' are a %s, which is no record".formatted(name, arguments.getName()));
        }
        AnswerType<A> type = AnswerType.of(arguments);
        return new Json(name, description, type.schema(), Optional.of(json -> {
            A read;
            try {
                read = type.read(json);
            } catch (AnswerMismatch e) {
                // The model's mistake, which no grammar says: it fails no handler.
                return "error: " + ArgumentsCheck.doNotFollow(name, e.getMessage());
            }
            return handler.call(read);
        }));
    }

    /**
     * A tool whose handler gets its arguments as JSON, which always follows the schema.
     *
     * @throws SchemaException if the schema is not that of an object, or a keyword of it cannot be forced on the model
     * @throws IllegalArgumentException if the name is not valid
     */
    static Tool of(String name, String description, String parameters, ToolHandler<String> handler) {
        return new Json(name, description, parameters, Optional.of(handler));
    }

    /**
     * A tool that the caller runs: a call of it ends the answer with {@link StopReason#TOOL_CALLS}.
     *
     * @throws SchemaException if the schema is not that of an object, or a keyword of it cannot be forced on the model
     * @throws IllegalArgumentException if the name is not valid
     */
    static Tool declared(String name, String description, String parameters) {
        return new Json(name, description, parameters, Optional.empty());
    }

    /**
     * A tool as JSON has it.
     *
     * @param name letters, digits, {@code _} and {@code -}, at most 64
     * @param description when to use it
     * @param parameters JSON schema of its arguments
     * @param handler what it does; empty: the caller does it
     */
    record Json(String name, String description, String parameters, Optional<ToolHandler<String>> handler) implements Tool {

        /** Checks name and schema. */
        public Json {
            if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
                throw new IllegalArgumentException("'%.64s' (%d characters) is no name of a tool: 1 to 64 letters, digits, _ and -"
                        .formatted(name, name.length()));
            }
            ToolChecks.requireObject(parameters);
        }
    }
}
