package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a template is asked to render: the JSON of {@code lf_chat_apply}. */
final class PromptRequest {

    private PromptRequest() {}

    /** @param calls how many the answer may have */
    static ObjectNode of(List<Message> messages, AskOptions.Values options, CallLimit calls, Guard guard) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.set("messages", new MessageJson(guard::protect).of(messages));
        List<Tool> tools = tools(options);
        if (!tools.isEmpty()) {
            ArrayNode array = request.putArray("tools");
            for (Tool tool : tools) {
                array.add(tool(tool, "tool" + (char) ('A' + array.size() % 26) + "x".repeat(array.size() / 26)));
            }
        }
        request.put("tool_choice", switch (options.toolChoice()) {
            case ToolChoice.Auto _ -> "auto";
            case ToolChoice.None _ -> "none";
            case ToolChoice.Required _, ToolChoice.Named _ -> "required";
        });
        request.put("parallel_tool_calls", calls.several());
        switch (options.format()) {
            case AnswerFormat.Text _ -> { }
            case AnswerFormat.Schema(String schema) -> request.set("json_schema", SchemaCheck.of(schema));
            case AnswerFormat.Rules(var grammar) -> request.put("grammar", grammar.gbnf());
        }
        request.put("enable_thinking", options.reasoning().mode() != Reasoning.Mode.OFF);
        if (!options.templateArguments().isEmpty()) {
            request.set("template_arguments", Json.MAPPER.valueToTree(options.templateArguments()));
        }
        return request;
    }

    /** A conversation with a tool, for what it shows of the template. */
    static ObjectNode probe(ToolChoice choice) {
        Guard none = Guard.of(new Markers(List.of()), List.of());
        Tool tool = new Tool.Json("probe", "Probes.", "{\"type\":\"object\",\"properties\":{}}", Optional.empty());
        return of(List.of(Message.user("probe")), AskOptions.tools(tool).toolChoice(choice), new CallLimit(true), none);
    }

    /**
     * One tool that must be called is the only one that is shown. None is where the answer is a value: with tools some templates' grammars
     * wait for a call, or are those of the calls.
     */
    private static List<Tool> tools(AskOptions.Values options) {
        if (options.format() instanceof AnswerFormat.Schema) {
            return List.of();
        }
        if (!(options.toolChoice() instanceof ToolChoice.Named(String name))) {
            return options.tools();
        }
        return options.tools().stream().filter(tool -> tool.name().equals(name)).toList();
    }

    /** @param prefix of its definitions: they share a grammar with those of other tools */
    private static ObjectNode tool(Tool tool, String prefix) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("type", "function");
        ObjectNode function = node.putObject("function");
        function.put("name", tool.name());
        function.put("description", tool.description());
        function.set("parameters", SchemaCheck.of(tool.parameters(), prefix));
        return node;
    }
}
