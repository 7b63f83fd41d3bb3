package io.github.llamaffm.chat;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Types of JSON in schemas. */
final class SchemaTypes {

    private static final int MAX_DIGITS = 15;

    private SchemaTypes() {}

    /** Those that a schema names, or the one that its keywords speak of; empty: any. */
    static Set<String> of(ObjectNode schema, SchemaPlace place) {
        if (schema.has("type")) {
            Set<String> named = named(schema.get("type"), place.at("type"));
            if (named.contains("number")) {
                // They are numbers, whose bounds no grammar has: an alternative of numbers would let all through that another one bounds.
                named.remove("integer");
            }
            return named;
        }
        Set<String> types = new TreeSet<>();
        for (String keyword : schema.propertyNames()) {
            SchemaKeywords.OF_TYPE.forEach((type, keywords) -> {
                if (keywords.contains(keyword) && !keyword.equals("format")) {
                    types.add(type);
                }
            });
        }
        if (types.size() > 1) {
            throw place.error("keywords of several types (%s) without a type: say \"type\"".formatted(String.join(", ", types)));
        }
        if (types.isEmpty() && schema.has("format")) {
            types.add("string");
        }
        return types;
    }

    private static Set<String> named(JsonNode type, SchemaPlace place) {
        Set<String> types = new LinkedHashSet<>();
        if (type.isArray()) {
            SchemaCheck.list(type, place).forEach(one -> types.add(one.stringValue(one.toString())));
        } else {
            types.add(type.stringValue(type.toString()));
        }
        for (String name : types) {
            if (!SchemaKeywords.OF_TYPE.containsKey(name)) {
                throw place.error("%s is no type of JSON".formatted(name));
            }
        }
        return types;
    }

    /** @throws SchemaException if a value is not of the type of its schema, or cannot be written as it is */
    static void requireType(ObjectNode schema, JsonNode value, SchemaPlace place) {
        if (schema.has("type") && named(schema.get("type"), place).stream().noneMatch(type -> is(value, type))) {
            throw place.error("%s is not of type %s".formatted(SchemaCheck.shown(value), schema.get("type")));
        }
        requireExact(value, place);
    }

    /** Upstream reads and writes the value. */
    private static void requireExact(JsonNode value, SchemaPlace place) {
        if (value.isNumber() && (value.decimalValue().precision() > MAX_DIGITS || Math.abs((long) value.decimalValue().scale()) > MAX_DIGITS)) {
            throw place.error("%s has more than %d digits".formatted(SchemaCheck.shown(value), MAX_DIGITS));
        }
        value.forEach(child -> requireExact(child, place));
    }

    static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "string" -> value.isString();
            case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "array" -> value.isArray();
            default -> value.isObject();
        };
    }

    /** @throws SchemaException if alternatives have other types than their own schema names: it says nothing to the grammar */
    static void requireNoOthers(JsonNode type, ArrayNode alternatives, SchemaReferences references, SchemaPlace place) {
        Set<String> named = named(type, place);
        if (named.contains("number")) {
            named.add("integer");
        }
        references.later(() -> {
            for (JsonNode alternative : alternatives) {
                Set<String> types = ofForced(alternative, references, place, 0);
                if (types.isEmpty() || !named.containsAll(types)) {
                    throw place.error("an alternative is of another type: say the type in each of them");
                }
            }
        });
    }

    /** The types of a checked schema; empty: any, or not known. */
    static Set<String> ofForced(JsonNode schema, SchemaReferences references, SchemaPlace place, int depth) {
        references.count(1 + schema.path("enum").size(), place);
        if (depth > 20) {
            return Set.of();
        }
        if (schema.has("$ref")) {
            return references.types(schema, place, depth + 1);
        }
        Set<String> types = new TreeSet<>();
        if (schema.has("const")) {
            types.add(ofValue(schema.get("const")));
        } else if (schema.has("enum")) {
            schema.get("enum").forEach(value -> types.add(ofValue(value)));
        } else if (schema.has("anyOf") || schema.has("oneOf")) {
            for (JsonNode alternative : schema.has("anyOf") ? schema.get("anyOf") : schema.get("oneOf")) {
                Set<String> inner = ofForced(alternative, references, place, depth + 1);
                if (inner.isEmpty()) {
                    return inner;
                }
                types.addAll(inner);
            }
        } else if (schema.has("type")) {
            types.add(schema.get("type").stringValue());
        }
        return types;
    }

    private static String ofValue(JsonNode value) {
        return SchemaKeywords.OF_TYPE.keySet().stream().filter(type -> !type.equals("number") && is(value, type)).findFirst().orElse("number");
    }

    /** @throws SchemaException if there is a format that is none of these */
    static void requireFormat(ObjectNode schema, Set<String> formats, SchemaPlace place) {
        if (schema.has("format") && !formats.contains(schema.get("format").stringValue(""))) {
            throw place.error("format", "%s is not known, only %s".formatted(SchemaCheck.shown(schema.get("format")), String.join(", ", new TreeSet<>(formats))));
        }
    }
}
