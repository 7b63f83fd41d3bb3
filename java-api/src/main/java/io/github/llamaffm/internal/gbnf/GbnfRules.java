package io.github.llamaffm.internal.gbnf;

import io.github.llamaffm.internal.IntList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a grammar as llama.cpp would have them, repetitions and groups written out as rules of their own. Terminals are
 * only counted: what they match does not matter here.
 */
final class GbnfRules {

    /** In the items of a rule: something that is matched with the text or with a token. */
    static final int TERMINAL = -1;

    /** In the items of a rule: the end of an alternative. The last one ends without. */
    static final int ALTERNATIVE = -2;

    /** What llama.cpp keeps of one rule is as long as its items; the memory of all together is bounded by this. */
    private static final long MAX_ELEMENTS = 4_000_000;

    private static final int MAX_RULES = 100_000;

    private final GbnfText text;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<int @Nullable []> rules = new ArrayList<>();
    private final IntList firstPlaces = new IntList();
    private long elements;

    GbnfRules(GbnfText text) {
        this.text = text;
    }

    /** The rule of that name, which may come later. */
    int named(String name, int place) {
        Integer id = ids.get(name);
        if (id == null) {
            id = add(name, place);
            ids.put(name, id);
        }
        return id;
    }

    /** A rule for a group or a repetition. */
    int unnamed(String base, int place) {
        return add(base, place);
    }

    private int add(String name, int place) {
        if (names.size() == MAX_RULES) {
            throw text.error("more than %d rules, groups and repetitions; make the grammar smaller".formatted(MAX_RULES), place);
        }
        names.add(name);
        rules.add(null);
        firstPlaces.add(place);
        return names.size() - 1;
    }

    /** Gives a rule its items. A later definition replaces an earlier one, as in llama.cpp. */
    void define(int id, int[] items, long itsElements) {
        rules.set(id, items);
        elements += itsElements;
        if (elements > MAX_ELEMENTS) {
            throw text.error("repetitions make this grammar longer than %d elements; lower their numbers"
                    .formatted(MAX_ELEMENTS), place(id));
        }
    }

    int count() {
        return rules.size();
    }

    /** Of a rule that has been defined. */
    int[] items(int id) {
        return Objects.requireNonNull(rules.get(id));
    }

    String name(int id) {
        return names.get(id);
    }

    /** Where it was met first. */
    int place(int id) {
        return firstPlaces.get(id);
    }

    /**
     * Forgets names that only a replaced definition used, as llama.cpp does.
     *
     * @throws GbnfException if a rule that is used has no definition, or there is no rule of the root's name
     */
    void requireDefined(String root) {
        if (names.isEmpty()) {
            throw text.error("the grammar has no rules", 0);
        }
        int count = names.size();
        while (rules.get(count - 1) == null) {
            count--;
        }
        for (int id = 0; id < count; id++) {
            requireDefined(id);
            for (int item : items(id)) {
                if (item >= count) {
                    requireDefined(item);
                }
            }
        }
        rules.subList(count, rules.size()).clear();
        if (ids.getOrDefault(root, count) >= count) {
            throw text.error("no rule is called %s, where the grammar starts".formatted(root), 0);
        }
    }

    private void requireDefined(int id) {
        if (rules.get(id) == null) {
            throw text.error("the rule %s is used but never defined".formatted(names.get(id)), place(id));
        }
    }
}
