package io.github.llamaffm.chat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * References within a schema. Upstream names the rule of one by its letters and digits, whatever else has that name, and all schemas
 * of one grammar share the names: here each target has a name of letters and digits of its own.
 */
final class SchemaReferences {

    /** Checks a schema. */
    interface Checker {
        ObjectNode check(JsonNode schema, SchemaPlace place);
    }

    private static final int MAX_STEPS = 1_000_000;

    private final JsonNode root;
    private final String prefix;
    private final Checker checker;

    /** Of each reference, as it is written. */
    private final Map<String, String> names = new LinkedHashMap<>();

    /** What is referred to, by name. */
    private final Map<String, ObjectNode> targets = new LinkedHashMap<>();

    private final Map<String, SchemaPlace> places = new LinkedHashMap<>();
    private final List<Runnable> later = new ArrayList<>();

    /** Of values that what is referred to has, by name, where they are known. */
    private final Map<String, Set<String>> types = new LinkedHashMap<>();

    private int steps;

    SchemaReferences(JsonNode root, String prefix, Checker checker) {
        this.root = root;
        this.prefix = prefix;
        this.checker = checker;
    }

    /** The reference to put instead of one. */
    String use(JsonNode reference, SchemaPlace place) {
        JsonNode target = find(reference, place);
        String text = reference.stringValue();
        String name = names.get(text);
        if (name == null) {
            name = newName(text);
            names.put(text, name);
            places.put(name, place);
            targets.put(name, checker.check(target, new SchemaPlace(text.substring(1), place.depth() + 1)));
        }
        return "#/$defs/" + name;
    }

    /** What a reference is to. */
    JsonNode find(JsonNode reference, SchemaPlace place) {
        if (!reference.isString() || !reference.stringValue().matches("(?s)#(/.*)?")) {
            throw place.error("%s is no reference within the schema, such as #/$defs/name".formatted(SchemaCheck.shown(reference)));
        }
        JsonNode target = root;
        try {
            for (String step : reference.stringValue().substring(1).split("/", -1)) {
                if (!step.isEmpty() || target != root) {
                    String name = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8).replace("~1", "/").replace("~0", "~");
                    target = target.isArray() && name.matches("\\d{1,6}") ? target.path(Integer.parseInt(name)) : target.path(name);
                }
            }
        } catch (IllegalArgumentException e) {
            throw place.error("%s is no reference: %s".formatted(SchemaCheck.shown(reference), e.getMessage()));
        }
        if (target.isMissingNode()) {
            throw place.error("there is no %s in the schema".formatted(SchemaCheck.shown(reference)));
        }
        return target;
    }

    /** What a checked schema refers to. */
    ObjectNode target(JsonNode schema) {
        return targets.get(nameIn(schema));
    }

    /** {@link SchemaTypes#ofForced} of what a checked schema refers to, which many may. */
    Set<String> types(JsonNode schema, SchemaPlace place, int depth) {
        String name = nameIn(schema);
        Set<String> known = types.get(name);
        if (known == null) {
            known = SchemaTypes.ofForced(targets.get(name), this, place, depth);
            if (!known.isEmpty()) {
                types.put(name, known);
            }
        }
        return known;
    }

    /**
     * Counts what comparisons of schemas take, which is more the more ways references make through them.
     *
     * @throws SchemaException if it is too much for a schema
     */
    void count(int more, SchemaPlace place) {
        steps += more;
        if (steps > MAX_STEPS) {
            throw place.error("more than %d steps to compare alternatives: give them types or constants that differ, or use fewer".formatted(MAX_STEPS));
        }
    }

    /** What can be looked at only when all is known. */
    void later(Runnable check) {
        later.add(check);
    }

    /** Puts the definitions in, once all of the schema is checked. */
    void finish(ObjectNode schema) {
        targets.forEach((name, target) -> requireStep(name, target, new HashSet<>(Set.of(name))));
        requireEnds();
        later.forEach(Runnable::run);
        schema.remove("definitions");
        schema.remove("$defs");
        if (!targets.isEmpty()) {
            ObjectNode all = schema.putObject("$defs");
            targets.forEach(all::set);
        }
    }

    private String newName(String reference) {
        String last = reference.substring(reference.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9]", "");
        String name = prefix + (last.isEmpty() ? "root" : last);
        String free = name;
        for (int i = 2; names.containsValue(free); i++) {
            free = name + "x" + i;
        }
        return free;
    }

    /** No grammar may come back to a rule before it has matched anything. */
    private void requireStep(String start, JsonNode schema, Set<String> seen) {
        if (schema.has("$ref")) {
            String name = nameIn(schema);
            if (name.equals(start)) {
                throw places.get(start).error("it refers to itself without anything around it");
            }
            if (seen.add(name)) {
                requireStep(start, targets.get(name), seen);
            }
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            schema.path(keyword).forEach(alternative -> requireStep(start, alternative, seen));
        }
    }

    private void requireEnds() {
        Set<String> ending = new HashSet<>();
        for (boolean more = true; more;) {
            more = false;
            for (Map.Entry<String, ObjectNode> target : targets.entrySet()) {
                more |= ends(target.getValue(), ending) && ending.add(target.getKey());
            }
        }
        for (String name : targets.keySet()) {
            if (!ending.contains(name)) {
                throw places.get(name).error("each value of it has to hold another: it never ends; let the inner one be missing");
            }
        }
    }

    private boolean ends(JsonNode schema, Set<String> ending) {
        if (schema.has("$ref")) {
            return ending.contains(nameIn(schema));
        }
        if (schema.has("anyOf") || schema.has("oneOf")) {
            return schema.path(schema.has("anyOf") ? "anyOf" : "oneOf").valueStream().anyMatch(alternative -> ends(alternative, ending));
        }
        boolean required = schema.path("required").valueStream()
                .allMatch(name -> ends(schema.path("properties").path(name.stringValue()), ending));
        boolean elements = schema.path("minItems").intValue(0) == 0 || ends(schema.path("items"), ending);
        return required && elements && schema.path("prefixItems").valueStream().allMatch(item -> ends(item, ending));
    }

    private static String nameIn(JsonNode schema) {
        return schema.get("$ref").stringValue().substring("#/$defs/".length());
    }
}
