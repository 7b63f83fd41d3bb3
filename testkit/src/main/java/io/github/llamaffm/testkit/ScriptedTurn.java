package io.github.llamaffm.testkit;

/** An answer of a script: thoughts, text and calls of tools, in this order. Immutable: each method gives another one. */
public final class ScriptedTurn {

    static final ScriptedTurn EMPTY = new ScriptedTurn("", "", "");

    private final String reasoning;
    private final String text;
    private final String calls;

    private ScriptedTurn(String reasoning, String text, String calls) {
        this.reasoning = reasoning;
        this.text = text;
        this.calls = calls;
    }

    /** What it thinks first. */
    public ScriptedTurn reasoning(String thoughts) {
        return new ScriptedTurn(thoughts, text, calls);
    }

    /** What it says. */
    public ScriptedTurn text(String words) {
        return new ScriptedTurn(reasoning, words, calls);
    }

    /**
     * A tool that it calls, after those that it calls already.
     *
     * @param name of the tool
     * @param arguments a JSON object, as the model writes it
     */
    public ScriptedTurn toolCall(String name, String arguments) {
        return new ScriptedTurn(reasoning, text, calls + (calls.isEmpty() ? "" : "\n") + ScriptTemplate.call(name, arguments));
    }

    /** As the built-in template has it. */
    String text() {
        return ScriptTemplate.thoughts(reasoning) + text + calls;
    }
}
