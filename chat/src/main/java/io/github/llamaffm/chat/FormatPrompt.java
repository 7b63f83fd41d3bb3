package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells the model what its answer has to look like: the last thing that the user says. What is before it stays cached. */
final class FormatPrompt {

    private static final String INTRODUCTION = "\n\nAnswer with JSON that follows this JSON schema, and with nothing else:\n";

    /** Of DeepSeek V4. Upstream gives the schema to no other template. */
    private static final String WRITTEN_BY_TEMPLATE = "response_format_template";

    private static final Set<String> TOLD = Set.of("title", "description", "$comment");

    /** Keywords of schemas that have names. */
    private static final Set<String> NAMED = Set.of("properties", "$defs");

    /** Keywords of a schema, or of a list of schemas. */
    private static final Set<String> SCHEMAS = Set.of("items", "prefixItems", "additionalProperties", "anyOf", "oneOf", "contentSchema");

    private FormatPrompt() {}

    /** Whether a template writes the schema into its prompts itself. */
    private static boolean writtenBy(ChatTemplate template) {
        return template.source().contains(WRITTEN_BY_TEMPLATE);
    }

    /** The conversation with the format in it, if the call and the template want that. */
    static List<Message> in(List<Message> messages, AskOptions.Values options, ChatTemplate template) {
        if (writtenBy(template) || !options.schemaInPrompt() || !(options.format() instanceof AnswerFormat.Schema(String schema))) {
            return messages;
        }
        List<Message> all = new ArrayList<>(messages);
        Content.Part text = new Content.Part.Text(INTRODUCTION + schema);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i) instanceof UserMessage(Content content)) {
                List<Content.Part> parts = new ArrayList<>(content.parts());
                parts.add(text);
                all.set(i, new UserMessage(new Content(parts)));
                return all;
            }
        }
        all.add(Message.user(INTRODUCTION.strip() + "\n" + schema));
        return all;
    }

    /**
     * Guards the schema of a request for a template that writes it.
     *
     * @throws SchemaException if names or values in it spell a marker: they cannot be changed, since the grammar is made of them too
     */
    static void guard(ObjectNode request, ChatTemplate template, Guard guard) {
        if (writtenBy(template)) {
            schema(request.path("json_schema"), guard, SchemaPlace.ROOT);
        }
    }

    private static void schema(JsonNode node, Guard guard, SchemaPlace place) {
        if (!(node instanceof ObjectNode schema)) {
            value(node, guard, place);
            return;
        }
        schema.remove(List.of("default", "example", "examples"));
        for (String keyword : List.copyOf(schema.propertyNames())) {
            SchemaPlace at = place.at(keyword);
            JsonNode inner = schema.get(keyword);
            requirePlain(keyword, guard, at);
            if (TOLD.contains(keyword) && inner.isString()) {
                schema.put(keyword, guard.protect(inner.stringValue()));
            } else if (NAMED.contains(keyword)) {
                inner.properties().forEach(entry -> {
                    requirePlain(entry.getKey(), guard, at.at(entry.getKey()));
                    schema(entry.getValue(), guard, at.at(entry.getKey()));
                });
            } else if (SCHEMAS.contains(keyword) && inner.isArray()) {
                for (int i = 0; i < inner.size(); i++) {
                    schema(inner.get(i), guard, at.at(i));
                }
            } else if (SCHEMAS.contains(keyword)) {
                schema(inner, guard, at);
            } else {
                value(inner, guard, at);
            }
        }
    }

    private static void value(JsonNode node, Guard guard, SchemaPlace place) {
        if (node.isString()) {
            requirePlain(node.stringValue(), guard, place);
        }
        for (int i = 0; i < node.size() && node.isArray(); i++) {
            value(node.get(i), guard, place.at(i));
        }
        node.properties().forEach(entry -> {
            requirePlain(entry.getKey(), guard, place.at(entry.getKey()));
            value(entry.getValue(), guard, place.at(entry.getKey()));
        });
    }

    private static void requirePlain(String text, Guard guard, SchemaPlace place) {
        if (guard.spellsMarker(text)) {
            throw place.error("'%s' spells a marker of the template, which writes the schema into its prompts".formatted(text));
        }
    }
}
