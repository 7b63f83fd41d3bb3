package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;

/**
 * Messages out of JSON as OpenAI's chat completions have it. What it says is text of others, never {@link Content.Part.Trusted}. Fields
 * that no message here has are left out; content that is not text is an error.
 */
final class MessageReader {

    private MessageReader() {}

    /** @throws IllegalArgumentException if it is no list of messages, with the place: a line and column, or a JSON pointer */
    static List<Message> read(String json) {
        JsonNode list;
        try {
            list = Json.MAPPER.readTree(Objects.requireNonNull(json));
        } catch (JacksonException e) {
            // Where a limit of the parser is passed, there is no place.
            throw noJson(e.getOriginalMessage(), Optional.ofNullable(e.getLocation()), e);
        } catch (NumberFormatException e) {
            throw noJson(String.valueOf(e.getMessage()), Optional.of(placeOfNumber(json)), e);
        }
        Place root = new Place("", list);
        List<Message> messages = new ArrayList<>();
        root.elements().forEach(place -> messages.add(message(place)));
        return messages;
    }

    private static IllegalArgumentException noJson(String why, Optional<TokenStreamLocation> where, RuntimeException cause) {
        String place = where.map(at -> ", line %d, column %d".formatted(at.getLineNr(), at.getColumnNr())).orElse("");
        return new IllegalArgumentException("the messages are no JSON: " + why + place, cause);
    }

    /** Of the first one that no number can be made of. */
    private static TokenStreamLocation placeOfNumber(String json) {
        try (JsonParser parser = Json.MAPPER.createParser(json)) {
            try {
                Json.MAPPER.readTree(parser);
            } catch (NumberFormatException _) {
                // The parser is there now.
            }
            return parser.currentTokenLocation();
        }
    }

    private static Message message(Place place) {
        if (!place.node().isObject()) {
            throw place.wrong("is no message: an object with role and content");
        }
        return switch (place.get("role").text()) {
            case "system", "developer" -> new SystemMessage(content(place.get("content")));
            case "user" -> new UserMessage(content(place.get("content")));
            case "assistant" -> assistant(place);
            case "tool" -> new ToolMessage(content(place.get("content")), id(place.get("tool_call_id")), place.get("name").optionalText());
            default -> throw place.get("role").wrong("is none of system, developer, user, assistant, tool");
        };
    }

    private static AssistantMessage assistant(Place place) {
        List<ToolCall> calls = new ArrayList<>();
        if (place.get("tool_calls").exists()) {
            place.get("tool_calls").elements().forEach(call -> calls.add(call(call)));
        }
        Place said = place.get("content");
        // Where it only asks for tools, there is no content.
        Content content = said.exists() || calls.isEmpty() ? content(said) : Content.of("");
        return new AssistantMessage(content, place.get("reasoning_content").optionalText(), calls);
    }

    private static ToolCall call(Place place) {
        Place type = place.get("type");
        if (type.exists() && !type.text().equals("function")) {
            throw type.wrong("is no function");
        }
        Place function = place.get("function");
        Place arguments = function.get("arguments");
        if (arguments.node().isObject()) {
            return new ToolCall(id(place.get("id")), id(function.get("name")), arguments.node().toString());
        }
        String json = arguments.text();
        // A model may write a key twice, and numbers that no computer holds: its call can be kept all the same.
        if (!Json.isValue(json)) {
            throw arguments.wrong("is no JSON");
        }
        return new ToolCall(id(place.get("id")), id(function.get("name")), json);
    }

    private static Content content(Place place) {
        if (!place.node().isArray()) {
            return Content.of(place.text());
        }
        List<Content.Part> parts = new ArrayList<>();
        for (Place part : place.elements()) {
            if (!part.get("type").text().equals("text")) {
                throw part.get("type").wrong("is a kind of content that is not supported: only text is");
            }
            parts.add(new Content.Part.Text(part.get("text").text()));
        }
        if (parts.isEmpty()) {
            throw place.wrong("has no part");
        }
        return new Content(parts);
    }

    private static String id(Place place) {
        if (place.text().isEmpty()) {
            throw place.wrong("is empty");
        }
        return place.text();
    }

    /**
     * A value, and where it is.
     *
     * @param pointer JSON pointer
     * @param node missing: there is none
     */
    private record Place(String pointer, JsonNode node) {

        Place get(String name) {
            return new Place(pointer + "/" + name, node.path(name));
        }

        boolean exists() {
            return !node.isMissingNode() && !node.isNull();
        }

        String text() {
            if (!node.isString()) {
                throw wrong(exists() ? "is no text" : "is missing");
            }
            return node.stringValue();
        }

        Optional<String> optionalText() {
            return exists() ? Optional.of(text()) : Optional.empty();
        }

        List<Place> elements() {
            if (!node.isArray()) {
                throw wrong("is no list");
            }
            List<Place> elements = new ArrayList<>();
            for (int i = 0; i < node.size(); i++) {
                elements.add(new Place(pointer + "/" + i, node.get(i)));
            }
            return elements;
        }

        IllegalArgumentException wrong(String what) {
            String value = node.isString() && node.stringValue().length() <= 40 ? " '" + node.stringValue() + "'" : "";
            return new IllegalArgumentException("messages: %s%s %s".formatted(pointer.isEmpty() ? "the JSON" : pointer, value, what));
        }
    }
}
