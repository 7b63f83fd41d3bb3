package io.github.llamaffm.chat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code oneOf}: a grammar takes any alternative, so no value may be in two.
 *
 * @param place of it
 */
record SchemaDisjunction(SchemaReferences references, SchemaPlace place) {

    private static final int MAX_ALTERNATIVES = 100;
    private static final int MAX_DEPTH = 10;

    /** @throws SchemaException if that cannot be seen of two alternatives */
    void requireApart(ArrayNode alternatives) {
        if (alternatives.size() > MAX_ALTERNATIVES) {
            throw place.error("%d alternatives, of which each two are compared; at most %d: use anyOf".formatted(alternatives.size(), MAX_ALTERNATIVES));
        }
        for (int i = 0; i < alternatives.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!apart(alternatives.get(j), alternatives.get(i), 0)) {
                    throw place.error("a value may follow alternatives %d and %d: use anyOf, or give them types, constants or required properties that differ"
                            .formatted(j, i));
                }
            }
        }
    }

    private boolean apart(JsonNode a, JsonNode b, int depth) {
        references.count(1, place);
        if (depth > MAX_DEPTH) {
            return false;
        }
        if (a.has("$ref") || b.has("$ref")) {
            return apart(a.has("$ref") ? references.target(a) : a, b.has("$ref") ? references.target(b) : b, depth + 1);
        }
        Set<String> common = new HashSet<>(numbers(SchemaTypes.ofForced(a, references, place, 0)));
        Set<String> others = numbers(SchemaTypes.ofForced(b, references, place, 0));
        if (common.isEmpty() || others.isEmpty()) {
            return false;
        }
        common.retainAll(others);
        if (common.isEmpty()) {
            return true;
        }
        Set<JsonNode> values = values(a);
        if (!values.isEmpty() && !values(b).isEmpty()) {
            values.retainAll(values(b));
            return values.isEmpty();
        }
        return common.equals(Set.of("object")) && a.has("properties") && b.has("properties")
                && (lacks(a, b) && lacks(b, a) || differs(a, b, depth));
    }

    private static Set<String> numbers(Set<String> types) {
        return types.stream().map(type -> type.equals("integer") ? "number" : type).collect(Collectors.toSet());
    }

    private Set<JsonNode> values(JsonNode schema) {
        if (schema.has("const") || schema.has("enum")) {
            // Texts as long as the schema are compared as often as small ones.
            references.count(schema.path(schema.has("const") ? "const" : "enum").toString().length() / 16, place);
        }
        return schema.has("const") ? new HashSet<>(Set.of(schema.get("const"))) : schema.path("enum").valueStream().collect(Collectors.toCollection(HashSet::new));
    }

    /** Whether no object made of the first has all that the second requires. */
    private static boolean lacks(JsonNode a, JsonNode b) {
        return (a.path("additionalProperties").isMissingNode() || isFalse(a.path("additionalProperties")))
                && b.path("required").valueStream().anyMatch(name -> !a.get("properties").has(name.stringValue()));
    }

    private boolean differs(JsonNode a, JsonNode b, int depth) {
        Set<String> both = a.path("required").valueStream().map(JsonNode::stringValue).collect(Collectors.toSet());
        both.retainAll(b.path("required").valueStream().map(JsonNode::stringValue).collect(Collectors.toSet()));
        return both.stream().anyMatch(name -> apart(a.get("properties").get(name), b.get("properties").get(name), depth + 1));
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }
}
