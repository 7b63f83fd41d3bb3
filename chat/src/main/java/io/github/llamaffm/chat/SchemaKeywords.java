package io.github.llamaffm.chat;

import java.util.Map;
import java.util.Set;

/** Keywords of JSON schemas: which say something that a grammar can force, and why others do not. */
final class SchemaKeywords {

    /** They say nothing about values. */
    static final Set<String> ANNOTATIONS = Set.of("title", "description", "default", "example", "examples", "$schema", "$comment",
            "deprecated", "readOnly", "writeOnly", "$defs", "definitions", "contentMediaType", "contentEncoding", "contentSchema");

    /** They say by themselves which values there are. */
    static final Set<String> WHOLE = Set.of("$ref", "anyOf", "oneOf", "allOf", "const", "enum");

    /** Those of each type. */
    static final Map<String, Set<String>> OF_TYPE = Map.of(
            "string", Set.of("minLength", "maxLength", "pattern", "format"),
            "integer", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"),
            "number", Set.of("format"),
            "boolean", Set.of(),
            "null", Set.of(),
            "array", Set.of("items", "prefixItems", "minItems", "maxItems", "additionalItems"),
            "object", Set.of("properties", "required", "additionalProperties"));

    private static final String COUNT = "a grammar does not count";
    private static final String COMPARE = "a grammar does not compare values with each other";
    private static final String EXCLUDE = "a grammar only says what values are, not what they are not";
    private static final String DEPEND = "a grammar does not make one value depend on another; use anyOf";

    /** Why no grammar says this. */
    private static final Map<String, String> NEVER = Map.ofEntries(
            Map.entry("multipleOf", COUNT),
            Map.entry("uniqueItems", COMPARE),
            Map.entry("contains", COUNT),
            Map.entry("minContains", COUNT),
            Map.entry("maxContains", COUNT),
            Map.entry("minProperties", COUNT),
            Map.entry("maxProperties", COUNT),
            Map.entry("propertyNames", "names of properties are listed in properties, or any"),
            Map.entry("patternProperties", "names of properties are listed in properties, or any"),
            Map.entry("not", EXCLUDE),
            Map.entry("if", DEPEND),
            Map.entry("then", DEPEND),
            Map.entry("else", DEPEND),
            Map.entry("dependentRequired", DEPEND),
            Map.entry("dependentSchemas", DEPEND),
            Map.entry("dependencies", DEPEND),
            Map.entry("unevaluatedProperties", "use additionalProperties"),
            Map.entry("unevaluatedItems", "use items"),
            Map.entry("nullable", "it belongs to OpenAPI; use \"type\": [..., \"null\"]"),
            Map.entry("$id", "references are within one schema; leave it out"),
            Map.entry("$anchor", "references are JSON pointers: #/$defs/name"),
            Map.entry("$dynamicRef", "references are JSON pointers: #/$defs/name"),
            Map.entry("$dynamicAnchor", "references are JSON pointers: #/$defs/name"));

    private SchemaKeywords() {}

    static boolean isAnnotation(String keyword) {
        return ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
    }

    /** Why a keyword cannot stand where it does. */
    static String reason(String keyword, String context) {
        if (NEVER.containsKey(keyword)) {
            return NEVER.get(keyword);
        }
        boolean known = WHOLE.contains(keyword) || keyword.equals("type") || OF_TYPE.values().stream().anyMatch(list -> list.contains(keyword));
        if (context.equals("number") && keyword.matches("(exclusive)?(Min|Max)imum|minimum|maximum")) {
            return "only integers have bounds in a grammar; say the bounds in the description, or use an integer of a smaller unit";
        }
        return known ? "it cannot be forced together with " + context : "no such keyword is known";
    }
}
