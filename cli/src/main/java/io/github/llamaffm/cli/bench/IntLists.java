package io.github.llamaffm.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of numbers as llama-bench reads them: {@code first[-last[+step|*factor]]}, separated by commas. */
final class IntLists {

    /** A typing error should not take all memory. */
    private static final int MOST = 10_000;

    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+)(?:([+*])(\\d+))?)?(?:,|\\z)");
    private static final Pattern SIGNED_RANGE = Pattern.compile("(-?\\d+)(?:-(\\d+)(?:([+*])(\\d+))?)?(?:,|\\z)");

    private IntLists() {}

    /** @throws IllegalArgumentException with the reason, if it is no such list */
    static List<Integer> parse(String text) {
        return parse(text, RANGE);
    }

    /** As {@link #parse}; the first number of a range may be negative. */
    static List<Integer> parseSigned(String text) {
        return parse(text, SIGNED_RANGE);
    }

    private static List<Integer> parse(String text, Pattern pattern) {
        List<Integer> values = new ArrayList<>();
        Matcher range = pattern.matcher(text);
        int from = 0;
        while (range.region(from, text.length()).lookingAt()) {
            add(range, values);
            from = range.end();
            if (from == text.length()) {
                break;
            }
        }
        if (from != text.length()) {
            throw new IllegalArgumentException("is not a list of numbers and ranges: first[-last[+step|*factor]], separated by commas");
        }
        return values;
    }

    private static void add(Matcher range, List<Integer> values) {
        int first = number(range.group(1));
        int last = range.group(2) == null ? first : number(range.group(2));
        boolean multiplies = "*".equals(range.group(3));
        int step = range.group(4) == null ? 1 : number(range.group(4));
        long value = first;
        while (value <= last) {
            values.add((int) value);
            long next = multiplies ? value * step : value + step;
            if (next <= value) {
                throw new IllegalArgumentException("has a range that does not grow");
            }
            if (values.size() > MOST) {
                throw new IllegalArgumentException("has more than " + MOST + " numbers");
            }
            value = next;
        }
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has a number beyond " + Integer.MAX_VALUE, e);
        }
    }
}
