package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What upstream's parser makes of an answer, which may go on.
 *
 * @param reasoning empty: none
 * @param content empty: none
 * @param calls in order; the last one may be incomplete
 */
record ParsedAnswer(String reasoning, String content, List<Call> calls) {

    static ParsedAnswer of(String json) {
        JsonNode message = Json.MAPPER.readTree(json);
        List<Call> calls = new ArrayList<>();
        message.path("tool_calls").forEach(call -> {
            JsonNode function = call.get("function");
            calls.add(new Call(call.path("id").asString(""), function.get("name").stringValue(), function.get("arguments").stringValue()));
        });
        return new ParsedAnswer(message.path("reasoning_content").asString(""), message.path("content").asString(""), calls);
    }

    /**
     * A call of a tool.
     *
     * @param id empty: the template has none
     */
    record Call(String id, String name, String arguments) {

        /** As JSON: some templates say nothing where there are none. */
        String allArguments() {
            return arguments.isBlank() ? "{}" : arguments;
        }

        boolean isComplete() {
            if (name.isEmpty()) {
                return false;
            }
            try {
                // What is named twice is told to the model, not thrown.
                return Json.VALUES.readTree(allArguments()).isObject();
            } catch (JacksonException e) {
                return false;
            }
        }
    }
}
