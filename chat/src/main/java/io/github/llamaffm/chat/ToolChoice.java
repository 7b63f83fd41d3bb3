package io.github.llamaffm.chat;

/** Whether a model may, must or must not ask for tools. */
public sealed interface ToolChoice {

    /** It may. */
    static ToolChoice auto() {
        return new Auto();
    }

    /** It must not. */
    static ToolChoice none() {
        return new None();
    }

    /** It must ask for one at least. */
    static ToolChoice required() {
        return new Required();
    }

    /** It must ask for this one. */
    static ToolChoice tool(String name) {
        return new Named(name);
    }

    /** It may. */
    record Auto() implements ToolChoice {}

    /** It must not. */
    record None() implements ToolChoice {}

    /** It must ask for one at least. */
    record Required() implements ToolChoice {}

    /**
     * It must ask for this one.
     *
     * @param name of the tool
     */
    record Named(String name) implements ToolChoice {}
}
