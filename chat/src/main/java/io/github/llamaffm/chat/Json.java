package io.github.llamaffm.chat;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
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
