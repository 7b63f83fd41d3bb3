package io.github.llamaffm.chat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code allOf}: one schema, several objects, which become one, or several lists of values. */
record SchemaConjunction(SchemaCheck check, SchemaReferences references, SchemaObjects objects) {

    private static final Set<String> OF_OBJECTS = Set.of("type", "properties", "required");
    private static final Set<String> OF_VALUES = Set.of("type", "enum", "const");

    ObjectNode of(ObjectNode schema, SchemaPlace place) {
        ArrayNode all = SchemaCheck.list(schema.get("allOf"), place.at("allOf"));
        ObjectNode rest = SchemaCheck.copy(schema);
        rest.remove("allOf");
        boolean alone = rest.propertyNames().stream().allMatch(SchemaKeywords::isAnnotation);
        ObjectNode forced;
        if (all.size() == 1 && alone) {
            forced = check.schema(all.get(0), place.at("allOf").at(0).deeper());
        } else if (alone && all.valueStream().allMatch(part -> part.has("enum") || part.has("const"))) {
            forced = values(all, place.at("allOf"));
        } else {
            forced = objects(all, rest, place);
        }
        rest.properties().stream()
                .filter(entry -> SchemaKeywords.isAnnotation(entry.getKey()))
                .forEach(entry -> forced.set(entry.getKey(), entry.getValue()));
        return forced;
    }

    private ObjectNode values(ArrayNode all, SchemaPlace place) {
        Set<JsonNode> common = new LinkedHashSet<>();
        for (int i = 0; i < all.size(); i++) {
            ObjectNode part = (ObjectNode) all.get(i);
            SchemaCheck.requireOnly(part, place.at(i), OF_VALUES, "allOf");
            ObjectNode checked = check.schema(part, place.at(i).deeper());
            List<JsonNode> values = checked.has("const") ? List.of(checked.get("const")) : checked.get("enum").valueStream().toList();
            if (i == 0) {
                common.addAll(values);
            } else {
                common.retainAll(values);
            }
        }
        if (common.isEmpty()) {
            throw place.error("no value is in all of its lists");
        }
        ObjectNode forced = JsonNodeFactory.instance.objectNode();
        forced.putArray("enum").addAll(common);
        return forced;
    }

    private ObjectNode objects(ArrayNode all, ObjectNode rest, SchemaPlace place) {
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        Set<String> required = new LinkedHashSet<>();
        add(rest, place, properties, required);
        for (int i = 0; i < all.size(); i++) {
            SchemaPlace at = place.at("allOf").at(i).deeper();
            JsonNode part = all.get(i);
            for (int steps = 0; part.has("$ref"); steps++) {
                if (steps == 100) {
                    throw at.error("$ref", "it refers to itself");
                }
                SchemaCheck.requireOnly((ObjectNode) part, at, Set.of("$ref"), "$ref");
                part = references.find(part.get("$ref"), at.at("$ref"));
            }
            if (!(part instanceof ObjectNode object)) {
                throw at.error("a schema is an object, not " + SchemaCheck.shown(part));
            }
            add(object, at, properties, required);
        }
        for (String name : required) {
            if (!properties.has(name)) {
                throw place.error("required '%s' is none of the properties".formatted(name));
            }
        }
        SchemaObjects.requireFew(properties.size(), required.size(), place.at("allOf"));
        ObjectNode forced = JsonNodeFactory.instance.objectNode().put("type", "object");
        forced.set("properties", properties);
        required.forEach(forced.withArray("required")::add);
        return forced;
    }

    private void add(ObjectNode part, SchemaPlace place, ObjectNode properties, Set<String> required) {
        SchemaCheck.requireOnly(part, place, OF_OBJECTS, "allOf, of which only type object, properties and required become one");
        if (part.has("type") && !part.get("type").stringValue("").equals("object")) {
            throw place.error("type", "only objects can be put together in allOf");
        }
        for (Map.Entry<String, JsonNode> property : objects.properties(part, place).properties()) {
            if (properties.has(property.getKey()) && !properties.get(property.getKey()).equals(property.getValue())) {
                throw place.at("properties").error(property.getKey(), "another part of allOf has it too, with another schema");
            }
            properties.set(property.getKey(), property.getValue());
        }
        required.addAll(objects.required(part, place));
    }
}
