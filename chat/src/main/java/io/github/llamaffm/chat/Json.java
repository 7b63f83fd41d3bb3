package io.github.llamaffm.chat;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How this module reads and writes JSON. */
final class Json {

    /** Numbers keep their digits; what is written twice is an error. */
    static final JsonMapper MAPPER = JacksonParts.require(() -> JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build());

    /** As {@link #MAPPER}, but in maps that a model made the last of equal keys counts. */
    static final JsonMapper VALUES = MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    /** Whatever the native side would read is read here too. */
    private static final JsonFactory UNLIMITED = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

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

    /** Whether a text is JSON of one value, however deep. Nothing is made of it: some numbers have more digits than a number can. */
    static boolean isValue(String text) {
        try (JsonParser parser = UNLIMITED.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return !parser.currentToken().isStructStart() && parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }

    /** What a literal says, of any length. */
    static String string(String literal) {
        try (JsonParser parser = UNLIMITED.createParser(ObjectReadContext.empty(), literal)) {
            parser.nextToken();
            return parser.getString();
        }
    }

    /** Whether a text is JSON of an object. Numbers are not made of it: some have more digits than a number can. */
    static boolean isObject(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
