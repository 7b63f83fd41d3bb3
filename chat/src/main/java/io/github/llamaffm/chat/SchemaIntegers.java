package io.github.llamaffm.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** Bounds of integers: upstream gets those with one end wrong (at least 100 lets 10 through) and takes one keyword for each end. */
final class SchemaIntegers {

    /** What its grammar has digits for. */
    private static final long MOST = 9_999_999_999_999_999L;

    private static final Map<String, Integer> BITS = Map.of("int8", 8, "int16", 16, "int32", 32);

    private SchemaIntegers() {}

    static void check(ObjectNode schema, SchemaPlace place) {
        SchemaTypes.requireFormat(schema, Set.of("int8", "int16", "int32", "int64"), place);
        Map<String, BigDecimal> bounds = new TreeMap<>();
        // In an order that each run has: the first one that is wrong is told.
        for (String keyword : new TreeSet<>(SchemaKeywords.OF_TYPE.get("integer"))) {
            if (schema.has(keyword) && !keyword.equals("format")) {
                bounds.put(keyword, bound(schema, keyword, place));
            }
        }
        long least = -MOST;
        long most = MOST;
        Integer bits = BITS.get(schema.path("format").stringValue(""));
        if (bits != null) {
            most = (1L << (bits - 1)) - 1;
            least = -most - 1;
        } else if (bounds.isEmpty()) {
            return;
        }
        for (Map.Entry<String, BigDecimal> bound : bounds.entrySet()) {
            switch (bound.getKey()) {
                case "minimum" -> least = Math.max(least, bound.getValue().setScale(0, RoundingMode.CEILING).longValueExact());
                case "exclusiveMinimum" -> least = Math.max(least, bound.getValue().setScale(0, RoundingMode.FLOOR).longValueExact() + 1);
                case "maximum" -> most = Math.min(most, bound.getValue().setScale(0, RoundingMode.FLOOR).longValueExact());
                default -> most = Math.min(most, bound.getValue().setScale(0, RoundingMode.CEILING).longValueExact() - 1);
            }
        }
        if (least > most) {
            throw place.error(bounds.keySet().iterator().next(), "no integer is from %d to %d".formatted(least, most));
        }
        schema.remove("exclusiveMinimum");
        schema.remove("exclusiveMaximum");
        schema.put("minimum", least).put("maximum", most);
    }

    private static BigDecimal bound(ObjectNode schema, String keyword, SchemaPlace place) {
        if (!schema.get(keyword).isNumber()) {
            throw place.error(keyword, "it is a number, not " + SchemaCheck.shown(schema.get(keyword)));
        }
        BigDecimal value = schema.get(keyword).decimalValue();
        // The exponent first: a number of a billion digits is not to be written out.
        if (value.precision() - (long) value.scale() > 17 || value.scale() > 1_000 || value.abs().compareTo(BigDecimal.valueOf(MOST)) > 0) {
            throw place.error(keyword, "%s is beyond %d, the largest that a grammar has digits for".formatted(SchemaCheck.shown(schema.get(keyword)), MOST));
        }
        return value;
    }
}
