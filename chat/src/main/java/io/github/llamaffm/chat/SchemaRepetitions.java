package io.github.llamaffm.chat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Repetitions: llama.cpp takes a most of more than 2,000 for none, and makes a rule of each. */
final class SchemaRepetitions {

    /** The most of one. */
    static final int MAX = 2_000;

    private static final int MAX_ALL = 20_000;

    private int all;

    /** The lengths that two keywords allow. */
    void check(ObjectNode schema, String least, String most, SchemaPlace place) {
        int from = count(schema, least, 0, place);
        int to = count(schema, most, from, place);
        if (to < from) {
            throw place.error(most, "at most %d, but at least %d".formatted(to, from));
        }
        add(to, place.at(schema.has(most) ? most : least));
    }

    /** So many more. */
    void add(int count, SchemaPlace place) {
        all += count;
        if (all > MAX_ALL) {
            throw place.error("repetitions of the schema allow %d elements together, at most %d; lower the limits of its lengths".formatted(all, MAX_ALL));
        }
    }

    private static int count(ObjectNode schema, String keyword, int missing, SchemaPlace place) {
        if (!schema.has(keyword)) {
            return missing;
        }
        JsonNode count = schema.get(keyword);
        if (!count.isIntegralNumber() || count.decimalValue().signum() < 0) {
            throw place.error(keyword, "it is a whole number from 0 on, not " + SchemaCheck.shown(count));
        }
        if (!count.canConvertToInt() || count.intValue() > MAX) {
            throw place.error(keyword, "%s is more than %d, the most that a grammar counts".formatted(SchemaCheck.shown(count), MAX));
        }
        return count.intValue();
    }
}
