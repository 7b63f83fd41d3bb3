package io.github.llamaffm.chat;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Messages as OpenAI's chat completions have them. */
final class MessageJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:-]+");

    /** What is done to texts that are not trusted. */
    private final UnaryOperator<String> texts;

    /** Whether contents of several parts stay in parts. */
    private final boolean parts;

    /** As templates read them. */
    MessageJson(UnaryOperator<String> texts) {
        this(texts, false);
    }

    private MessageJson(UnaryOperator<String> texts, boolean parts) {
        this.texts = texts;
        this.parts = parts;
    }

    /** What {@link MessageReader} reads again, except that trusted texts are texts like others then. */
    static String write(List<Message> messages) {
        return Json.write(new MessageJson(UnaryOperator.identity(), true).of(messages));
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
        node.set("content", content(message.content()));
        switch (message) {
            case AssistantMessage(_, var reasoning, var calls) -> {
                reasoning.ifPresent(text -> node.put("reasoning_content", texts.apply(text)));
                if (!calls.isEmpty()) {
                    ArrayNode array = node.putArray("tool_calls");
                    calls.forEach(call -> array.add(of(call)));
                }
            }
            case ToolMessage(_, String callId, var name) -> {
                node.put("tool_call_id", word(callId));
                name.ifPresent(text -> node.put("name", word(text)));
            }
            case SystemMessage _, UserMessage _ -> { }
        }
        return node;
    }

    private JsonNode content(Content content) {
        if (!parts || content.parts().size() == 1) {
            return NODES.stringNode(text(content));
        }
        ArrayNode array = NODES.arrayNode();
        content.parts().forEach(part -> array.addObject().put("type", "text").put("text", part.text()));
        return array;
    }

    /** Names and ids: templates compare and count them, so one that is a plain word stays as it is. */
    private String word(String text) {
        return WORD.matcher(text).matches() ? text : texts.apply(text);
    }

    private String text(Content content) {
        return content.parts().stream()
                .map(part -> part instanceof Content.Part.Trusted ? part.text() : texts.apply(part.text()))
                .collect(Collectors.joining());
    }

    private ObjectNode of(ToolCall call) {
        ObjectNode node = NODES.objectNode();
        node.put("id", word(call.id()));
        node.put("type", "function");
        ObjectNode function = node.putObject("function");
        function.put("name", word(call.name()));
        function.put("arguments", arguments(call.arguments()));
        return node;
    }

    /**
     * Escapes in JSON may spell what the text does not: its strings are what the template sees. All else of JSON stays as the model wrote
     * it, so that a prompt with its call goes on where its answer ended. Of what is none here, some template may make strings still.
     */
    private String arguments(String json) {
        boolean valid = Json.isValue(json);
        StringBuilder out = new StringBuilder(json.length() + 16);
        for (int at = 0; at < json.length(); ) {
            boolean inString = json.charAt(at) == '"';
            int end = inString ? endOfString(json, at) : startOfString(json, at);
            String part = json.substring(at, end);
            out.append(inString ? string(part) : valid ? part : texts.apply(part));
            at = end;
        }
        return out.toString();
    }

    private String string(String literal) {
        if (!Json.isValue(literal)) {
            return texts.apply(literal);
        }
        String before = Json.string(literal);
        String after = texts.apply(before);
        return after.equals(before) ? literal : Json.write(NODES.stringNode(after));
    }

    private static int startOfString(String json, int from) {
        int start = json.indexOf('"', from);
        return start < 0 ? json.length() : start;
    }

    /** Behind it; where it has no end, the end of all. */
    private static int endOfString(String json, int start) {
        int at = start + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, json.length());
    }
}
