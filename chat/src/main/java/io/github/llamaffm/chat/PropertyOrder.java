package io.github.llamaffm.chat;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values with the properties of objects in the order that the grammar of a schema allows: those that are required, then the others, as
 * the schema has them, then those that it does not name.
 *
 * @param root a checked schema
 */
record PropertyOrder(JsonNode root) {

    /** The same value; what does not follow the schema stays wrong. */
    JsonNode of(JsonNode value) {
        return of(value, root);
    }

    private JsonNode of(JsonNode value, JsonNode place) {
        JsonNode schema = target(place);
        if (schema.has("anyOf") || schema.has("oneOf")) {
            return alternatives(schema).valueStream().filter(alternative -> fits(value, alternative)).findFirst()
                    .map(alternative -> of(value, alternative)).orElse(value);
        }
        if (value.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            value.forEach(element -> array.add(of(element, element(schema, array.size()))));
            return array;
        }
        if (!value.isObject() || isValue(schema)) {
            return value;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        JsonNode properties = schema.path("properties");
        Set<String> required = required(schema);
        properties.propertyNames().stream().filter(name -> value.has(name) && required.contains(name))
                .forEach(name -> object.set(name, of(value.get(name), properties.get(name))));
        properties.propertyNames().stream().filter(name -> value.has(name) && !required.contains(name))
                .forEach(name -> object.set(name, of(value.get(name), properties.get(name))));
        value.propertyNames().stream().filter(name -> !object.has(name))
                .forEach(name -> object.set(name, of(value.get(name), schema.path("additionalProperties"))));
        return object;
    }

    /** Whether a value looks like one of a schema: as far as it tells alternatives apart. */
    private boolean fits(JsonNode value, JsonNode place) {
        JsonNode schema = target(place);
        if (schema.has("anyOf") || schema.has("oneOf")) {
            return alternatives(schema).valueStream().anyMatch(alternative -> fits(value, alternative));
        }
        if (isValue(schema)) {
            return schema.has("const") ? schema.get("const").equals(value) : schema.get("enum").valueStream().anyMatch(value::equals);
        }
        if (schema.has("type") && !SchemaTypes.is(value, schema.get("type").stringValue())) {
            return false;
        }
        if (value.isArray()) {
            return IntStream.range(0, value.size()).allMatch(i -> fits(value.get(i), element(schema, i)));
        }
        JsonNode others = schema.path("additionalProperties");
        boolean closed = schema.has("properties") && (others.isMissingNode() || others.isBoolean() && !others.booleanValue());
        return !value.isObject() || required(schema).stream().allMatch(value::has) && value.properties().stream().allMatch(property -> {
            Optional<JsonNode> own = Optional.ofNullable(schema.path("properties").get(property.getKey()));
            return (own.isPresent() || !closed) && fits(property.getValue(), own.orElse(others));
        });
    }

    private static JsonNode alternatives(JsonNode schema) {
        return schema.get(schema.has("anyOf") ? "anyOf" : "oneOf");
    }

    private static boolean isValue(JsonNode schema) {
        return schema.has("const") || schema.has("enum");
    }

    private static Set<String> required(JsonNode schema) {
        return schema.path("required").valueStream().map(JsonNode::stringValue).collect(Collectors.toSet());
    }

    private static JsonNode element(JsonNode schema, int index) {
        return schema.has("prefixItems") ? schema.get("prefixItems").path(index) : schema.path("items");
    }

    /** Where references lead. They cannot lead round: that would be a schema of nothing, which is refused. */
    private JsonNode target(JsonNode schema) {
        JsonNode target = schema;
        while (target.path("$ref").asString("").startsWith("#/")) {
            target = root.at(target.get("$ref").stringValue().substring(1));
        }
        return target;
    }
}
