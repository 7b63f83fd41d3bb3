package io.github.llamaffm.chat;

import io.github.llamaffm.Grammar;

/** What an answer has to look like. A value. */
public sealed interface AnswerFormat {

    /** Any text. */
    static AnswerFormat text() {
        return new Text();
    }

    /** Any JSON object. */
    static AnswerFormat json() {
        return new Schema("{\"type\":\"object\"}");
    }

    /**
     * JSON that follows a schema. It is the answer: tools of the call are left out of the prompt and not called.
     *
     * @throws SchemaException if a keyword of it cannot be forced on an answer
     */
    static AnswerFormat schema(String jsonSchema) {
        return new Schema(jsonSchema);
    }

    /** What a grammar accepts. */
    static AnswerFormat grammar(Grammar grammar) {
        return new Rules(grammar);
    }

    /** Any text. */
    record Text() implements AnswerFormat {}

    /**
     * JSON.
     *
     * @param jsonSchema what it follows
     */
    record Schema(String jsonSchema) implements AnswerFormat {

        /** Checks the schema. */
        public Schema {
            SchemaCheck.of(jsonSchema);
        }
    }

    /**
     * What a grammar accepts.
     *
     * @param grammar GBNF
     */
    record Rules(Grammar grammar) implements AnswerFormat {}
}
