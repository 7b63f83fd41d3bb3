package io.github.llamaffm.chat;

import io.github.llamaffm.chat.SchemaPattern.Part;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** One character of a regular expression: a class, an escape, a dot. */
final class SchemaCharacters {

    private static final int LAST = Character.MAX_CODE_POINT;

    /** How JSON writes those that it escapes; others below a space only have their number, and are left out. */
    private static final Map<Integer, String> ESCAPED =
            Map.of((int) '"', "\\x22", (int) '\\', "\\\\", (int) '\n', "n", (int) '\r', "r", (int) '\t', "t", (int) '\f', "f", (int) '\b', "b");

    private static final Map<Character, Integer> NAMED = Map.of('n', (int) '\n', 'r', (int) '\r', 't', (int) '\t', 'f', (int) '\f');

    private final String pattern;
    private final int limit;
    private final Function<String, SchemaException> error;
    private final BitSet set = new BitSet();
    private int at;

    /** @param start where it begins */
    SchemaCharacters(String pattern, int start, int limit, Function<String, SchemaException> error) {
        this.pattern = pattern;
        this.limit = limit;
        this.error = error;
        this.at = start + 1;
        switch (pattern.charAt(start)) {
            case '.' -> {
                set.set(0, LAST + 1);
                IntStream.of('\n', '\r', 0x85, 0x2028, 0x2029).forEach(set::clear);
            }
            case '\\' -> set.or(escape());
            default -> readClass();
        }
    }

    /** Where it ends. */
    int end() {
        return at;
    }

    /** As upstream reads it; empty: no text of JSON has such a character. */
    Optional<Part> part() {
        return part(set);
    }

    /** One that stands for itself. */
    static Optional<Part> single(int code) {
        BitSet set = new BitSet();
        set.set(code);
        return part(set);
    }

    private void readClass() {
        boolean negated = at < limit && pattern.charAt(at) == '^';
        if (negated) {
            at++;
        }
        while (at < limit && pattern.charAt(at) != ']') {
            BitSet first = element();
            if (at + 1 < limit && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                BitSet last = element();
                if (first.cardinality() != 1 || last.cardinality() != 1 || last.length() < first.length()) {
                    throw error.apply("a range of a class that runs backwards, or from or to no single character");
                }
                set.set(first.length() - 1, last.length());
            }
            set.or(first);
        }
        if (at >= limit) {
            throw error.apply("a class that is never closed");
        }
        at++;
        if (negated) {
            set.flip(0, LAST + 1);
        }
    }

    private BitSet element() {
        int code = pattern.codePointAt(at);
        at += Character.charCount(code);
        if (code == '\\') {
            return escape();
        }
        return of(code);
    }

    /** Behind a backslash. */
    private BitSet escape() {
        if (at >= limit) {
            throw error.apply("a backslash at the end");
        }
        char c = pattern.charAt(at++);
        if (NAMED.containsKey(c)) {
            return of(NAMED.get(c));
        }
        BitSet set = switch (Character.toLowerCase(c)) {
            case 'd' -> ranges("09");
            case 'w' -> ranges("AZaz09__");
            // Where languages differ over a character, neither of the two has it.
            case 's' -> ranges(c == 's' ? "\t\r  " : "\t\r  \u0085\u0085\u00A0\u00A0\u1680\u1680\u2000\u200A\u2028\u2029\u202F\u202F\u205F\u205F\u3000\u3000\uFEFF\uFEFF");
            default -> new BitSet();
        };
        if (!set.isEmpty()) {
            if (Character.isUpperCase(c)) {
                set.flip(0, LAST + 1);
            }
            return set;
        }
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
        if (digits > 0 && at + digits <= limit && pattern.substring(at, at + digits).matches("[0-9A-Fa-f]+")) {
            at += digits;
            return of(Integer.parseInt(pattern.substring(at - digits, at), 16));
        }
        if (Character.isLetterOrDigit(c)) {
            throw error.apply("\\%c has no grammar".formatted(c));
        }
        return of(c);
    }

    private static BitSet of(int code) {
        BitSet one = new BitSet();
        one.set(code);
        return one;
    }

    private static BitSet ranges(String pairs) {
        BitSet set = new BitSet();
        for (int i = 0; i < pairs.length(); i += 2) {
            set.set(pairs.charAt(i), pairs.charAt(i + 1) + 1);
        }
        return set;
    }

    private static Optional<Part> part(BitSet set) {
        BitSet plain = (BitSet) set.clone();
        plain.clear(0, ' ');
        plain.clear('"');
        plain.clear('\\');
        plain.clear(0x7F);
        plain.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
        List<Part> ways = new ArrayList<>();
        if (!plain.isEmpty()) {
            String text = plain.stream().limit(2).count() == 1 ? symbol(plain.nextSetBit(0)) : ranges(plain);
            ways.add(new Part("[" + text + "]", "[" + text + "]", false));
        }
        ESCAPED.entrySet().stream().filter(entry -> set.get(entry.getKey())).map(Map.Entry::getValue).sorted()
                .forEach(written -> ways.add(new Part("\\\\" + written, "\"\\\\" + written + "\"", false)));
        return ways.stream().reduce(Part::or).map(all -> ways.size() == 1 && !plain.isEmpty() ? all : all.grouped());
    }

    private static String ranges(BitSet set) {
        StringBuilder text = new StringBuilder();
        for (int from = set.nextSetBit(0); from >= 0; from = set.nextSetBit(set.nextClearBit(from))) {
            int to = set.nextClearBit(from) - 1;
            text.append(symbol(from));
            if (to > from) {
                text.append('-').append(symbol(to));
            }
        }
        return text.toString();
    }

    /** Letters and digits as they are, all else by number: neither upstream nor a grammar reads more into it. */
    private static String symbol(int code) {
        boolean plain = code < 0x7F && Character.isLetterOrDigit(code);
        return plain ? Character.toString(code) : code < 0x100 ? "\\x%02X".formatted(code) : code < 0x10000 ? "\\u%04X".formatted(code) : "\\U%08X".formatted(code);
    }
}
