package io.github.llamaffm.testkit;

/** What a script says in one turn: once, or over and over. */
record ScriptedAnswer(String text, boolean endless) {

    ScriptedAnswer {
        if (text.isBlank()) {
            throw new IllegalArgumentException("an answer of \"%s\": it has at least one character that is no white space".formatted(text));
        }
    }
}
