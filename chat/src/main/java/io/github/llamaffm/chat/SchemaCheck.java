package io.github.llamaffm.chat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a JSON schema as a grammar will force it: what upstream's converter would drop, or express only in part, is an error, and
 * what it gets wrong is written in a way that it gets right. All else stays as it is. An object whose schema does not speak of
 * further properties gets none, and properties come in the order of the schema, those that are required before the others.
 */
final class SchemaCheck {

    private static final int MAX_LENGTH = 262_144;
    private static final int MAX_SCHEMAS = 5_000;
    private static final int MAX_DEPTH = 15;
    private static final int MAX_NAMES = 500_000;
    private static final int MAX_VALUES = 1_000;

    private final SchemaReferences references;
    private final SchemaRepetitions repetitions = new SchemaRepetitions();
    private final SchemaStrings strings = new SchemaStrings(repetitions);
    private final SchemaArrays arrays = new SchemaArrays(this, repetitions);
    private final SchemaObjects objects = new SchemaObjects(this);
    private int schemas;
    private int names;

    private SchemaCheck(JsonNode root, String prefix) {
        this.references = new SchemaReferences(root, prefix, this::schema);
    }

    /** See {@link #of(String, String)}. */
    static ObjectNode of(String schema) {
        return of(schema, "");
    }

    /**
     * A schema that upstream's converter makes an exact grammar of.
     *
     * @param prefix of the names of its definitions: letters, another one for each schema of one grammar
     * @throws SchemaException if no grammar says what it says
     */
    static ObjectNode of(String schema, String prefix) {
        if (schema.length() > MAX_LENGTH) {
            throw SchemaPlace.ROOT.error("%d characters, at most %d are read".formatted(schema.length(), MAX_LENGTH));
        }
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(schema);
        } catch (JacksonException e) {
            throw SchemaPlace.ROOT.error("it is no JSON that can be read: " + e.getOriginalMessage());
        }
        SchemaCheck check = new SchemaCheck(root, prefix);
        ObjectNode forced = check.schema(root, SchemaPlace.ROOT);
        check.references.finish(forced);
        if (forced.isEmpty()) {
            // Upstream takes an empty one for none.
            forced.putArray("anyOf").addObject();
        }
        return forced;
    }

    /** Any schema. */
    ObjectNode schema(JsonNode node, SchemaPlace place) {
        if (++schemas > MAX_SCHEMAS) {
            throw place.error("more than %d schemas inside of one".formatted(MAX_SCHEMAS));
        }
        if (place.depth() > MAX_DEPTH) {
            throw place.error("more than %d schemas inside each other".formatted(MAX_DEPTH));
        }
        names += place.pointer().length();
        if (names > MAX_NAMES) {
            throw place.error("names of properties make a grammar too large: %d characters with what they are inside of, at most %d"
                    .formatted(names, MAX_NAMES));
        }
        if (node.isBoolean() && node.booleanValue()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!(node instanceof ObjectNode schema)) {
            throw place.error(node.isBoolean() ? "no value is allowed" : "a schema is an object, not " + shown(node));
        }
        Set<String> whole = schema.propertyNames().stream().filter(SchemaKeywords.WHOLE::contains).collect(Collectors.toCollection(TreeSet::new));
        if (whole.size() > 1) {
            String first = whole.iterator().next();
            whole.remove(first);
            throw place.error(whole.iterator().next(), "it cannot be forced together with " + first);
        }
        return switch (whole.isEmpty() ? "" : whole.iterator().next()) {
            case "$ref" -> reference(schema, place);
            case "anyOf", "oneOf" -> alternatives(schema, place, whole.iterator().next());
            case "allOf" -> new SchemaConjunction(this, references, objects).of(schema, place);
            case "const" -> constant(schema, place);
            case "enum" -> values(schema, place);
            default -> typed(schema, place);
        };
    }

    /** @throws SchemaException if there are other keywords than these and annotations */
    static void requireOnly(ObjectNode schema, SchemaPlace place, Set<String> allowed, String context) {
        for (String keyword : schema.propertyNames()) {
            boolean says = !keyword.equals("$id") || place.depth() > 0;
            if (says && !allowed.contains(keyword) && !SchemaKeywords.isAnnotation(keyword) && !isFalse(schema, keyword)) {
                throw place.error(keyword, SchemaKeywords.reason(keyword, context));
            }
        }
    }

    /** Keywords that say nothing where they are false. */
    private static boolean isFalse(ObjectNode schema, String keyword) {
        return Set.of("nullable", "uniqueItems").contains(keyword) && schema.get(keyword).isBoolean() && !schema.get(keyword).booleanValue();
    }

    private ObjectNode reference(ObjectNode schema, SchemaPlace place) {
        requireOnly(schema, place, Set.of("$ref"), "$ref");
        return copy(schema).put("$ref", references.use(schema.get("$ref"), place.at("$ref")));
    }

    private ObjectNode alternatives(ObjectNode schema, SchemaPlace place, String keyword) {
        requireOnly(schema, place, Set.of(keyword, "type"), keyword);
        ArrayNode alternatives = JsonNodeFactory.instance.arrayNode();
        for (JsonNode alternative : list(schema.get(keyword), place.at(keyword))) {
            alternatives.add(schema(alternative, place.at(keyword).at(alternatives.size()).deeper()));
        }
        ObjectNode forced = copy(schema);
        forced.set(keyword, alternatives);
        if (schema.has("type")) {
            SchemaTypes.requireNoOthers(schema.get("type"), alternatives, references, place.at("type"));
        }
        if (keyword.equals("oneOf")) {
            references.later(() -> new SchemaDisjunction(references, place.at(keyword)).requireApart(alternatives));
        }
        return forced;
    }

    private ObjectNode constant(ObjectNode schema, SchemaPlace place) {
        requireOnly(schema, place, Set.of("const", "type"), "const");
        SchemaTypes.requireType(schema, schema.get("const"), place.at("const"));
        return copy(schema);
    }

    private ObjectNode values(ObjectNode schema, SchemaPlace place) {
        requireOnly(schema, place, Set.of("enum", "type"), "enum");
        ArrayNode values = list(schema.get("enum"), place.at("enum"));
        if (values.size() > MAX_VALUES) {
            throw place.error("enum", "%d values, at most %d".formatted(values.size(), MAX_VALUES));
        }
        for (int i = 0; i < values.size(); i++) {
            SchemaTypes.requireType(schema, values.get(i), place.at("enum").at(i));
        }
        return copy(schema);
    }

    private ObjectNode typed(ObjectNode schema, SchemaPlace place) {
        Set<String> types = SchemaTypes.of(schema, place);
        if (types.size() == 1) {
            return typed(schema, types.iterator().next(), place);
        }
        Set<String> allowed = types.stream().flatMap(type -> SchemaKeywords.OF_TYPE.get(type).stream()).collect(Collectors.toSet());
        allowed.add("type");
        requireOnly(schema, place, allowed, types.isEmpty() ? "no type" : types.toString());
        if (types.isEmpty()) {
            return copy(schema);
        }
        ObjectNode forced = JsonNodeFactory.instance.objectNode();
        schema.properties().stream().filter(entry -> SchemaKeywords.isAnnotation(entry.getKey())).forEach(entry -> forced.set(entry.getKey(), entry.getValue()));
        ArrayNode alternatives = forced.putArray("anyOf");
        for (String type : types) {
            ObjectNode alternative = JsonNodeFactory.instance.objectNode().put("type", type);
            schema.properties().stream()
                    .filter(entry -> SchemaKeywords.OF_TYPE.get(type).contains(entry.getKey()))
                    .forEach(entry -> alternative.set(entry.getKey(), entry.getValue()));
            alternatives.add(typed(alternative, type, place));
        }
        return forced;
    }

    private ObjectNode typed(ObjectNode schema, String type, SchemaPlace place) {
        Set<String> allowed = new TreeSet<>(SchemaKeywords.OF_TYPE.get(type));
        allowed.add("type");
        requireOnly(schema, place, allowed, type);
        ObjectNode forced = copy(schema).put("type", type);
        switch (type) {
            case "string" -> strings.check(forced, place);
            case "integer" -> SchemaIntegers.check(forced, place);
            case "number" -> SchemaTypes.requireFormat(forced, Set.of("float", "double"), place);
            case "array" -> arrays.check(forced, place);
            case "object" -> objects.check(forced, place);
            default -> { }
        }
        return forced;
    }

    /** Its parts are still those of the schema. */
    static ObjectNode copy(ObjectNode schema) {
        return JsonNodeFactory.instance.objectNode().setAll(schema);
    }

    /** @throws SchemaException if it is no list, or an empty one */
    static ArrayNode list(JsonNode node, SchemaPlace place) {
        if (node instanceof ArrayNode array && !array.isEmpty()) {
            return array;
        }
        throw place.error("it is a list that is not empty, not " + shown(node));
    }

    /** The beginning of a value, for errors. */
    static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
