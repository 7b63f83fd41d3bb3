package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The texts that end text or thoughts, as upstream's parser of a template looks for them. */
final class ParserWords {

    /** What looks for more than words: answers that are JSON, for one, end without any; a single character may be where a call begins. */
    private static final Set<String> STRUCTURE = Set.of("schema", "space", "chars", "string");

    private final JsonNode arena;
    private final Set<Integer> seen = new HashSet<>();
    private final Set<String> types = new HashSet<>();
    private final List<String> texts = new ArrayList<>();
    private final Markers words;
    private final boolean free;

    /** Those of a parser, as {@code common_peg_arena} saves itself. */
    ParserWords(String parser) {
        this.arena = parser.isEmpty() ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(parser);
        JsonNode rules = arena.path("parsers");
        for (int id = 0; id < rules.size(); id++) {
            String tag = rules.get(id).path("tag").asString("");
            if (tag.equals("content") || tag.equals("reasoning")) {
                collect(id);
            }
        }
        this.words = new Markers(texts);
        this.free = types.stream().noneMatch(STRUCTURE::contains) && (!types.contains("any") || !texts.isEmpty());
    }

    /** Whether text and thoughts go on: no word ends before what was added or in it, and none can have begun that may end behind it. */
    boolean isPlain(CharSequence text, int added) {
        if (!free) {
            return false;
        }
        int start = Math.max(0, added - words.longest());
        for (int from = start; from < text.length(); from++) {
            int length = words.lengthAt(text, from);
            if (length > 0 && from + length >= added) {
                return false;
            }
        }
        return !words.mayBegin(text.subSequence(start, text.length()));
    }

    /** Takes over what a rule and those below it look for. */
    private void collect(int id) {
        if (!seen.add(id)) {
            return;
        }
        JsonNode rule = arena.get("parsers").get(id);
        String type = rule.get("type").stringValue();
        types.add(type);
        if (rule.has("literal")) {
            texts.add(rule.get("literal").stringValue());
        }
        rule.path("delimiters").forEach(delimiter -> texts.add(delimiter.stringValue()));
        rule.path("children").forEach(child -> collect(child.intValue()));
        if (rule.has("child")) {
            collect(rule.get("child").intValue());
        }
        if (type.equals("ref")) {
            collect(arena.get("rules").get(rule.get("name").stringValue()).intValue());
        }
    }
}
