package io.github.llamaffm.chat;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Arrays: of elements of one kind, or of so many elements, each of its own kind. */
record SchemaArrays(SchemaCheck check, SchemaRepetitions repetitions) {

    void check(ObjectNode schema, SchemaPlace place) {
        repetitions.check(schema, "minItems", "maxItems", place);
        // Draft 7 has tuples in items.
        Optional<String> tuple = schema.has("prefixItems")
                ? Optional.of("prefixItems")
                : schema.path("items").isArray() ? Optional.of("items") : Optional.empty();
        if (tuple.isPresent()) {
            tuple(schema, tuple.get(), place);
        } else {
            requireFalse(schema, "additionalItems", place);
            if (schema.has("items")) {
                schema.set("items", check.schema(schema.get("items"), place.at("items").deeper()));
            }
        }
    }

    private void tuple(ObjectNode schema, String keyword, SchemaPlace place) {
        requireFalse(schema, keyword.equals("items") ? "additionalItems" : "items", place);
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : SchemaCheck.list(schema.get(keyword), place.at(keyword))) {
            items.add(check.schema(item, place.at(keyword).at(items.size()).deeper()));
        }
        if (items.size() < schema.path("minItems").intValue(0)) {
            throw place.error("minItems", "%s has %d elements".formatted(keyword, items.size()));
        }
        if (items.size() > schema.path("maxItems").intValue(items.size())) {
            throw place.error("maxItems", "%s has %d elements".formatted(keyword, items.size()));
        }
        schema.remove("items");
        schema.set("prefixItems", items);
    }

    private static void requireFalse(ObjectNode schema, String keyword, SchemaPlace place) {
        if (schema.has(keyword) && !(schema.get(keyword).isBoolean() && !schema.get(keyword).booleanValue())) {
            throw place.error(keyword, "elements behind a tuple cannot be forced: say false");
        }
    }
}
