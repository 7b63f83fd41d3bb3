package io.github.llamaffm.chat;

import tools.jackson.databind.node.ObjectNode;

/** Finds what is wrong with the tools of a call before anything is done. */
final class ToolChecks {

    private ToolChecks() {}

    /**
     * Checks tools and choice.
     *
     * @throws IllegalArgumentException if there is not the tool that must be called, or a grammar is beside tools
     * @throws TemplateException if the template has no tools
     */
    static void check(AskOptions.Values options, ChatTemplate template) {
        switch (options.toolChoice()) {
            case ToolChoice.Required _ when options.tools().isEmpty() ->
                throw new IllegalArgumentException("toolChoice is required, and there are no tools");
            case ToolChoice.Required _, ToolChoice.Named _ when options.format() instanceof AnswerFormat.Schema ->
                throw new IllegalArgumentException("the answer to a format is a value, and toolChoice asks for a call: take one of them away");
            case ToolChoice.Named(String name) when options.tools().stream().noneMatch(tool -> tool.name().equals(name)) ->
                throw new IllegalArgumentException("toolChoice is the tool '%s', and the tools are %s".formatted(
                        name, options.tools().stream().map(Tool::name).toList()));
            default -> { }
        }
        boolean wanted = !options.tools().isEmpty() && !(options.toolChoice() instanceof ToolChoice.None);
        if (wanted && !template.toolCalls()) {
            throw new TemplateException("the chat template (%s) has no calls of tools, and the call has %d tools; another one can be given: ChatModelOptions.template"
                    .formatted(template.origin(), options.tools().size()), null);
        }
        if (wanted && options.format() instanceof AnswerFormat.Rules) {
            throw new IllegalArgumentException("a grammar for the whole answer leaves no room for calls of tools: take one of them away, or ToolChoice.none()");
        }
    }

    /**
     * Checks the schema of arguments.
     *
     * @throws SchemaException if it is not that of an object, or no grammar says what it says
     */
    static void requireObject(String parameters) {
        ObjectNode schema = SchemaCheck.of(parameters);
        if (!schema.path("type").asString("").equals("object") && !schema.has("$ref")) {
            throw new SchemaException("", "type", "the arguments of a tool are an object");
        }
    }
}
