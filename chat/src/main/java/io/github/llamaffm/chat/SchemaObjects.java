package io.github.llamaffm.chat;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Objects. */
record SchemaObjects(SchemaCheck check) {

    private static final int MAX_PROPERTIES = 1_000;

    /** Each may be there or not: llama.cpp goes on with all ways at once. */
    private static final int MAX_OPTIONAL = 24;

    void check(ObjectNode schema, SchemaPlace place) {
        ObjectNode properties = properties(schema, place);
        Set<String> required = required(schema, place);
        if (schema.has("properties")) {
            schema.set("properties", properties);
        }
        for (String name : required) {
            if (!properties.has(name)) {
                throw place.error("required", "'%s' is none of the properties".formatted(name));
            }
        }
        requireFew(properties.size(), required.size(), place.at("properties"));
        JsonNode additional = schema.path("additionalProperties");
        if (additional.isMissingNode()) {
            return;
        }
        if (!additional.isBoolean()) {
            schema.set("additionalProperties", check.schema(additional, place.at("additionalProperties").deeper()));
        }
        if (!additional.isBoolean() || additional.booleanValue()) {
            properties.propertyNames().stream().filter(name -> name.matches("(?s).*[\\^\\-\\]\\\\\"\\x00-\\x1F].*")).findFirst().ifPresent(name -> {
                throw place.error("additionalProperties", "other names cannot be told apart from '%s': ^ - ] \\ and quotes are in it".formatted(name));
            });
        }
    }

    static void requireFew(int properties, int required, SchemaPlace place) {
        if (properties > MAX_PROPERTIES) {
            throw place.error("%d properties, at most %d".formatted(properties, MAX_PROPERTIES));
        }
        if (properties - required > MAX_OPTIONAL) {
            throw place.error("%d properties that are not required, at most %d".formatted(properties - required, MAX_OPTIONAL));
        }
    }

    /** Those of a schema, checked. */
    ObjectNode properties(ObjectNode schema, SchemaPlace place) {
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        JsonNode given = schema.path("properties");
        if (!given.isMissingNode() && !given.isObject()) {
            throw place.error("properties", "it is an object, not " + SchemaCheck.shown(given));
        }
        for (Map.Entry<String, JsonNode> property : given.properties()) {
            SchemaPlace at = place.at("properties").at(property.getKey());
            if (property.getKey().equals("*")) {
                throw at.error("llama.cpp takes this name for any other");
            }
            properties.set(property.getKey(), check.schema(property.getValue(), at.deeper()));
        }
        return properties;
    }

    /** Names of those that have to be there. */
    Set<String> required(ObjectNode schema, SchemaPlace place) {
        JsonNode given = schema.path("required");
        Set<String> required = new LinkedHashSet<>();
        if (!given.isMissingNode() && !given.isArray()) {
            throw place.error("required", "it is a list of names, not " + SchemaCheck.shown(given));
        }
        for (JsonNode name : given) {
            if (!name.isString()) {
                throw place.error("required", "it is a list of names, and %s is none".formatted(SchemaCheck.shown(name)));
            }
            required.add(name.stringValue());
        }
        return required;
    }
}
