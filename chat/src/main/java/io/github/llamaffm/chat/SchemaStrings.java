package io.github.llamaffm.chat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Strings: of a pattern, of a format, or of a length. */
record SchemaStrings(SchemaRepetitions repetitions) {

    /** Upstream has rules for them. */
    private static final Set<String> OWN = Set.of("date", "time", "date-time", "uuid");

    private static final String DATE = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
            + "|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{3})?";

    /** As patterns. */
    private static final Map<String, String> PATTERNS = Map.of(
            "char", "^[\\u0000-\\uFFFF]$",
            "time-local", "^" + TIME + "$",
            "date-time-local", "^" + DATE + "T" + TIME + "$",
            "duration", "^P(?:[1-9][0-9]{0,3}D)?T(?:[0-9]|1[0-9]|2[0-3])H(?:[0-9]|[1-5][0-9])M(?:[0-9]|[1-5][0-9])S$");

    void check(ObjectNode schema, SchemaPlace place) {
        boolean lengths = schema.has("minLength") || schema.has("maxLength");
        if (schema.has("pattern") && schema.has("format")) {
            throw place.error("format", "it cannot be forced together with pattern");
        }
        if (lengths && (schema.has("pattern") || schema.has("format"))) {
            throw place.error(schema.has("minLength") ? "minLength" : "maxLength", "it cannot be forced together with %s"
                    .formatted(schema.has("pattern") ? "pattern: give the length there, as in ^[a-z]{2,5}$" : "format"));
        }
        Set<String> formats = new HashSet<>(OWN);
        formats.addAll(PATTERNS.keySet());
        SchemaTypes.requireFormat(schema, formats, place);
        String ofFormat = PATTERNS.get(schema.path("format").stringValue(""));
        if (ofFormat != null) {
            schema.put("pattern", SchemaPattern.of(ofFormat, repetitions, place.at("format")));
        } else if (schema.has("pattern")) {
            if (!schema.get("pattern").isString()) {
                throw place.error("pattern", "it is a text, not " + SchemaCheck.shown(schema.get("pattern")));
            }
            schema.put("pattern", SchemaPattern.of(schema.get("pattern").stringValue(), repetitions, place.at("pattern")));
        }
        repetitions.check(schema, "minLength", "maxLength", place);
    }
}
