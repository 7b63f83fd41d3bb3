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
            guard(request.path("json_schema"), guard, SchemaPlace.ROOT);
        }
    }

    private static void guard(JsonNode node, Guard guard, SchemaPlace place) {
        if (node.isString()) {
            requirePlain(node.stringValue(), guard, place);
        }
        for (int i = 0; i < node.size() && node.isArray(); i++) {
            guard(node.get(i), guard, place.at(i));
        }
        if (node instanceof ObjectNode object) {
            object.remove(List.of("default", "example", "examples"));
            for (String name : List.copyOf(object.propertyNames())) {
                requirePlain(name, guard, place.at(name));
                if (TOLD.contains(name) && object.get(name).isString()) {
                    object.put(name, guard.protect(object.get(name).stringValue()));
                } else {
                    guard(object.get(name), guard, place.at(name));
                }
            }
        }
    }

    private static void requirePlain(String text, Guard guard, SchemaPlace place) {
        if (guard.spellsMarker(text)) {
            throw place.error("'%s' spells a marker of the template, which writes the schema into its prompts".formatted(text));
        }
    }
}
