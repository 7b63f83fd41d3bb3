package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** All texts that a parser of upstream's looks for. */
final class ParserWords {

    private static final List<String> NAMES = List.of("literal", "delimiter");

    private final Markers words;

    private ParserWords(Markers words) {
        this.words = words;
    }

    /** Those of a parser, as {@code common_peg_arena} saves itself. */
    static ParserWords of(String parser) {
        List<String> words = new ArrayList<>();
        if (!parser.isEmpty()) {
            for (JsonNode rule : Json.MAPPER.readTree(parser).get("parsers")) {
                NAMES.stream().filter(rule::has).forEach(name -> words.add(rule.get(name).stringValue()));
                rule.path("delimiters").forEach(delimiter -> words.add(delimiter.stringValue()));
            }
        }
        return new ParserWords(new Markers(words));
    }

    /** Whether no word ends in what was added to a text, and none can have begun that may end behind it. */
    boolean isPlain(CharSequence text, int added) {
        int start = Math.max(0, added - words.longest() + 1);
        for (int from = start; from < text.length(); from++) {
            if (from + words.lengthAt(text, from) > added) {
                return false;
            }
        }
        return !words.mayBegin(text.subSequence(start, text.length()));
    }
}
