package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes, offsets and constants of the bound C types: the facts in which generated layouts and a built library must agree.
 * Immutable.
 * <p>
 * The text form has one fact per line: {@code sizeof <type> <bytes>}, {@code offsetof <type>.<field> <bytes>} or
 * {@code enum <constant> <value>}. The library's own table comes from {@code lf_abi_table}, the one that the bindings
 * expect is {@link BoundAbi#table()}.
 */
public final class AbiTable {
    private final Map<String, Long> facts;

    private AbiTable(Map<String, Long> facts) {
        this.facts = Collections.unmodifiableMap(facts);
    }

    /**
     * Reads a table.
     *
     * @param text the text form, lines in any order; empty lines are skipped
     * @return the table
     * @throws IllegalArgumentException if a line is not a fact, or tells one that another line has told already; the
     *                                  message quotes it
     */
    public static AbiTable parse(String text) {
        var facts = new LinkedHashMap<String, Long>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] words = line.strip().split(" ");
            if (words.length != 3 || !words[0].matches("sizeof|offsetof|enum") || !words[2].matches("-?\\d{1,18}")) {
                throw new IllegalArgumentException("not a line of an ABI table: \"" + line + "\"");
            }
            long value = signed(words[0], Long.parseLong(words[2]));
            if (facts.put(words[0] + " " + words[1], value) != null) {
                throw new IllegalArgumentException("twice in an ABI table: \"" + line + "\"");
            }
        });
        return new AbiTable(facts);
    }

    /** A constant of C type unsigned int, such as 0xFFFFFFFF, is a Java int in the generated code. */
    private static long signed(String kind, long value) {
        return kind.equals("enum") && value > Integer.MAX_VALUE && value <= 0xFFFF_FFFFL ? (int) value : value;
    }

    /**
     * Tells where another table contradicts this one or is silent. Facts that only the other table tells do not count: a
     * newer library may declare more.
     *
     * @param actual what a library says of itself
     * @return one line for each difference, with both numbers; empty if the library fits
     */
    public List<String> differences(AbiTable actual) {
        var differences = new ArrayList<String>();
        facts.forEach((fact, expected) -> {
            Long found = actual.facts.get(fact);
            if (!expected.equals(found)) {
                differences.add(fact + ": the bindings expect " + expected + ", the library "
                        + (found == null ? "does not tell" : "has " + found));
            }
        });
        return List.copyOf(differences);
    }

    /** {@return the number of facts} */
    public int size() {
        return facts.size();
    }
}
