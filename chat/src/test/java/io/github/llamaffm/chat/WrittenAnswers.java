package io.github.llamaffm.chat;

import io.github.llamaffm.internal.chat.ChatCallException;
import io.github.llamaffm.internal.chat.ChatTemplates;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers as a template itself writes them: what it puts behind the prompt for an answer that is in the conversation. */
final class WrittenAnswers {

    private static final String USER = "{\"role\":\"user\",\"content\":\"What is the weather in Quito?\"}";
    private static final List<String> ANSWERS = List.of("""
            {"role":"assistant","content":"It is fine, <b>isn't it?</b> 🌞 5 < 6 [ok] {fine}.\\n\\nYes: \\"it is\\"."}""", """
            {"role":"assistant","content":"It is fine.","reasoning_content":"Let me see.\\n\\nI <know>."}""", """
            {"role":"assistant","content":"","tool_calls":[{"id":"abcdef123","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Quito, \\\\\\"EC\\\\\\" <é>\\",\\"days\\":2}"}}]}""", """
            {"role":"assistant","content":"I look.","tool_calls":[{"id":"abcdef123","type":"function","function":{"name":"now","arguments":"{}"}}]}""", """
            {"role":"assistant","content":"","reasoning_content":"Two of them.","tool_calls":[
            {"id":"abcdef123","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Lima\\"}"}},
            {"id":"abcdef456","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Quito\\",\\"days\\":12}"}}]}""");

    private WrittenAnswers() {}

    /** What is asked before the answers. */
    static List<ObjectNode> requests() {
        List<ObjectNode> requests = new ArrayList<>();
        for (String thinking : List.of("true", "false")) {
            requests.add((ObjectNode) Json.MAPPER.readTree("{\"now\":1700000000,\"messages\":[%s],%s,\"parallel_tool_calls\":true,\"enable_thinking\":%s}"
                    .formatted(USER, Conversations.TOOLS, thinking)));
        }
        return requests;
    }

    static List<String> of(ChatTemplates templates, ObjectNode request, JsonNode params) {
        String prompt = params.get("prompt").stringValue();
        List<String> answers = new ArrayList<>(List.of("Plain text. One < two, {three}: [four]."));
        if (!params.get("thinking_end_tags").isEmpty()) {
            String start = params.get("thinking_start_tag").stringValue();
            answers.add((params.get("generation_prompt").stringValue().strip().endsWith(start.strip()) ? "" : start) + "I think."
                    + params.get("thinking_end_tags").get(0).stringValue() + "It is so.");
        }
        for (String answer : ANSWERS) {
            ObjectNode whole = request.deepCopy().put("add_generation_prompt", false);
            ((ArrayNode) whole.get("messages")).add(Json.MAPPER.readTree(answer));
            String rendered;
            try {
                rendered = Json.MAPPER.readTree(templates.apply(whole.toString())).get("prompt").stringValue();
            } catch (ChatCallException e) {
                continue;
            }
            if (rendered.startsWith(prompt)) {
                answers.add(rendered.substring(prompt.length()));
            } else {
                String without = prompt.substring(0, prompt.length() - params.get("generation_prompt").stringValue().length());
                if (rendered.startsWith(without)) {
                    answers.add(rendered.substring(without.length()));
                }
            }
        }
        return answers;
    }
}
