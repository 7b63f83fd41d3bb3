package io.github.llamaffm.chat;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How this module reads and writes JSON. */
final class Json {

    /** Numbers keep their digits; what is written twice is an error. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** As {@link #MAPPER}, but in maps that a model made the last of equal keys counts. */
    static final JsonMapper VALUES = MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    private Json() {}

    /** On one line. Half a character, which no encoding has, is written as an escape. */
    static String write(JsonNode json) {
        String text = MAPPER.writeValueAsString(json);
        StringBuilder out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isHighSurrogate(c) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))) {
                out.append(c).append(text.charAt(++at));
            } else if (Character.isSurrogate(c)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
