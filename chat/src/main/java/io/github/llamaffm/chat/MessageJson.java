package io.github.llamaffm.chat;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Messages as OpenAI's chat completions have them. */
final class MessageJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** What is done to texts that are not trusted. */
    private final UnaryOperator<String> texts;

    MessageJson(UnaryOperator<String> texts) {
        this.texts = texts;
    }

    ArrayNode of(List<Message> messages) {
        ArrayNode array = NODES.arrayNode();
        messages.forEach(message -> array.add(of(message)));
        return array;
    }

    private ObjectNode of(Message message) {
        ObjectNode node = NODES.objectNode();
        node.put("role", switch (message) {
            case SystemMessage _ -> "system";
            case UserMessage _ -> "user";
            case AssistantMessage _ -> "assistant";
            case ToolMessage _ -> "tool";
        });
        node.put("content", text(message.content()));
        switch (message) {
            case AssistantMessage(_, var reasoning, var calls) -> {
                reasoning.ifPresent(text -> node.put("reasoning_content", texts.apply(text)));
                if (!calls.isEmpty()) {
                    ArrayNode array = node.putArray("tool_calls");
                    calls.forEach(call -> array.add(of(call)));
                }
            }
            case ToolMessage(_, String callId, var name) -> {
                node.put("tool_call_id", texts.apply(callId));
                name.ifPresent(text -> node.put("name", texts.apply(text)));
            }
            case SystemMessage _, UserMessage _ -> { }
        }
        return node;
    }

    private String text(Content content) {
        return content.parts().stream()
                .map(part -> part instanceof Content.Part.Trusted ? part.text() : texts.apply(part.text()))
                .collect(Collectors.joining());
    }

    private ObjectNode of(ToolCall call) {
        ObjectNode node = NODES.objectNode();
        node.put("id", texts.apply(call.id()));
        node.put("type", "function");
        ObjectNode function = node.putObject("function");
        function.put("name", texts.apply(call.name()));
        function.put("arguments", arguments(call.arguments()));
        return node;
    }

    /**
     * Escapes in JSON may spell what the text does not: its strings are what the template sees. Where nothing has to be done to them,
     * the text stays as the model wrote it.
     */
    private String arguments(String json) {
        try {
            JsonNode before = Json.MAPPER.readTree(json);
            JsonNode after = strings(before);
            return after.equals(before) ? json : Json.MAPPER.writeValueAsString(after);
        } catch (JacksonException e) {
            return texts.apply(json);
        }
    }

    private JsonNode strings(JsonNode node) {
        if (node.isString()) {
            return NODES.stringNode(texts.apply(node.stringValue()));
        }
        if (node.isArray()) {
            ArrayNode array = NODES.arrayNode();
            node.forEach(element -> array.add(strings(element)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = NODES.objectNode();
            node.properties().forEach(property -> object.set(texts.apply(property.getKey()), strings(property.getValue())));
            return object;
        }
        return node;
    }
}
