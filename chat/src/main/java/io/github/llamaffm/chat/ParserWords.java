package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** All texts that a parser of upstream's looks for. */
final class ParserWords {

    private static final List<String> NAMES = List.of("literal", "delimiter");

    /** What looks for more than words: answers that are JSON, for one, end without any. */
    private static final Set<String> STRUCTURE = Set.of("schema", "space", "chars", "string");

    private final Markers words;
    private final boolean free;

    private ParserWords(Markers words, boolean free) {
        this.words = words;
        this.free = free;
    }

    /** Those of a parser, as {@code common_peg_arena} saves itself. */
    static ParserWords of(String parser) {
        List<String> words = new ArrayList<>();
        if (parser.isEmpty()) {
            return new ParserWords(new Markers(words), true);
        }
        JsonNode arena = Json.MAPPER.readTree(parser);
        boolean free = true;
        for (JsonNode rule : arena.get("parsers")) {
            NAMES.stream().filter(rule::has).forEach(name -> words.add(rule.get(name).stringValue()));
            rule.path("delimiters").forEach(delimiter -> words.add(delimiter.stringValue()));
            String tag = rule.path("tag").asString("");
            free &= !(tag.equals("content") || tag.equals("reasoning")) || !hasStructure(arena, rule, new HashSet<>());
        }
        return new ParserWords(new Markers(words), free);
    }

    /** Whether text and thoughts go on until a word: no word ends in what was added, and none can have begun that may end behind it. */
    boolean isPlain(CharSequence text, int added) {
        if (!free) {
            return false;
        }
        int start = Math.max(0, added - words.longest() + 1);
        for (int from = start; from < text.length(); from++) {
            if (from + words.lengthAt(text, from) > added) {
                return false;
            }
        }
        return !words.mayBegin(text.subSequence(start, text.length()));
    }

    private static boolean hasStructure(JsonNode arena, JsonNode rule, Set<JsonNode> seen) {
        if (!seen.add(rule)) {
            return false;
        }
        String type = rule.get("type").stringValue();
        if (STRUCTURE.contains(type)) {
            return true;
        }
        List<JsonNode> below = new ArrayList<>();
        rule.path("children").forEach(below::add);
        if (rule.has("child")) {
            below.add(rule.get("child"));
        }
        if (type.equals("ref")) {
            below.add(arena.get("rules").get(rule.get("name").stringValue()));
        }
        return below.stream().anyMatch(id -> hasStructure(arena, arena.get("parsers").get(id.intValue()), seen));
    }
}
