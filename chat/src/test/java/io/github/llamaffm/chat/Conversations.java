package io.github.llamaffm.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Requests of every kind, as {@code lf_chat_apply} takes them. */
final class Conversations {

    private static final String SYSTEM = """
            {"role":"system","content":"You are terse."}""";
    private static final String USER = """
            {"role":"user","content":"Ünïcode <b>&amp;</b> \\"quoted\\"\\n\\tand more. "}""";
    private static final String ASSISTANT = """
            {"role":"assistant","content":"It is so."}""";
    private static final String THOUGHT = """
            {"role":"assistant","content":"It is so.","reasoning_content":"Let me see.\\nYes."}""";
    private static final String AGAIN = """
            {"role":"user","content":"And now?"}""";
    private static final String PARTS = """
            {"role":"user","content":[{"type":"text","text":"One."},{"type":"text","text":"Two."}]}""";
    private static final String CALL = """
            {"role":"assistant","content":"","tool_calls":[{"id":"abcdef123","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Quito\\",\\"days\\":2}"}}]}""";
    private static final String CALLS = """
            {"role":"assistant","content":"","reasoning_content":"Two of them.","tool_calls":[
            {"id":"abcdef123","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Lima\\"}"}},
            {"id":"abcdef456","type":"function","function":{"name":"now","arguments":"{}"}}]}""";
    private static final String RESULT = """
            {"role":"tool","tool_call_id":"abcdef123","name":"weather","content":"{\\"degrees\\":14.5}"}""";
    private static final String RESULT_2 = """
            {"role":"tool","tool_call_id":"abcdef456","name":"now","content":"12:00"}""";

    static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"weather","description":"Says what the weather is.","parameters":{"type":"object",
            "properties":{"city":{"type":"string","description":"Where"},"days":{"type":"integer","minimum":1}},"required":["city"]}}},
            {"type":"function","function":{"name":"now","description":"Says what time it is.","parameters":{"type":"object","properties":{}}}}]""";
    private static final String SCHEMA = """
            "json_schema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""";
    private static final String GRAMMAR = """
            "grammar":"root ::= \\"yes\\" | \\"no\\""
            """;

    private Conversations() {}

    static Map<String, ObjectNode> all() {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        put(all, "one turn", List.of(USER));
        put(all, "system message", List.of(SYSTEM, USER));
        put(all, "three turns", List.of(SYSTEM, USER, ASSISTANT, AGAIN));
        put(all, "two hundred turns", Collections.nCopies(200, List.of(USER, ASSISTANT)).stream().flatMap(List::stream).toList().subList(0, 399));
        put(all, "fifty calls", Stream.concat(Stream.of(USER), Collections.nCopies(50, List.of(CALL, RESULT)).stream().flatMap(List::stream)).toList(), TOOLS);
        put(all, "no generation prompt", List.of(SYSTEM, USER, ASSISTANT), "\"add_generation_prompt\":false");
        put(all, "parts", List.of(SYSTEM, PARTS, ASSISTANT, PARTS));
        put(all, "thoughts", List.of(USER, THOUGHT, AGAIN));
        put(all, "no thinking", List.of(SYSTEM, USER), "\"enable_thinking\":false");
        put(all, "thoughts as text", List.of(USER, THOUGHT, AGAIN), "\"reasoning_format\":\"none\"");
        put(all, "tools", List.of(SYSTEM, USER), TOOLS);
        put(all, "tools without thinking", List.of(USER), TOOLS, "\"enable_thinking\":false", "\"parallel_tool_calls\":true");
        put(all, "tools required", List.of(USER), TOOLS, "\"tool_choice\":\"required\"", "\"parallel_tool_calls\":true");
        put(all, "tools not wanted", List.of(USER), TOOLS, "\"tool_choice\":\"none\"");
        put(all, "a tool was called", List.of(SYSTEM, USER, CALL, RESULT), TOOLS);
        put(all, "tools were called", List.of(USER, CALLS, RESULT, RESULT_2, ASSISTANT, AGAIN), TOOLS, "\"parallel_tool_calls\":true");
        put(all, "schema", List.of(SYSTEM, USER), SCHEMA);
        put(all, "schema and tools", List.of(USER), SCHEMA, TOOLS);
        put(all, "grammar", List.of(USER), GRAMMAR);
        put(all, "grammar and tools", List.of(USER), GRAMMAR, TOOLS);
        put(all, "goes on", List.of(USER, ASSISTANT), "\"continue_final_message\":true", "\"add_generation_prompt\":false");
        put(all, "arguments", List.of(SYSTEM, USER), "\"template_arguments\":{\"enable_thinking\":false,\"custom\":[1,\"two\",{\"three\":null}]}");
        put(all, "answer first", List.of(ASSISTANT, USER));
        put(all, "two users", List.of(USER, AGAIN));
        put(all, "result of nothing", List.of(USER, RESULT));
        put(all, "nothing", List.of());
        return all;
    }

    private static void put(Map<String, ObjectNode> all, String name, List<String> messages, String... more) {
        String request = "{\"now\":1700000000,\"messages\":[%s]%s}".formatted(String.join(",", messages),
                more.length == 0 ? "" : "," + String.join(",", more));
        if (all.put(name, (ObjectNode) Json.MAPPER.readTree(request)) != null) {
            throw new AssertionError(name);
        }
    }
}
