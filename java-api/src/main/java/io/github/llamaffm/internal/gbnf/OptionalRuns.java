package io.github.llamaffm.internal.gbnf;

import java.util.Arrays;

/**
 * Refuses long runs of things that can all be left out, one inside the other. At each of them llama.cpp goes on with every way to
 * read what comes next, and for a token of several characters with every way for each: it would not come back.
 */
final class OptionalRuns {

    /** Ways to go on with the same character. */
    private static final long MAX_WAYS = 128;

    private final GbnfRules rules;
    private final GbnfText text;
    private final boolean[] empty;

    /** Which rules come back to each other. */
    private final int[] component;

    /** Of each rule, as far as it is known. */
    private final long[] ways;

    OptionalRuns(GbnfRules rules, GbnfText text, PossiblyEmpty possiblyEmpty) {
        this.rules = rules;
        this.text = text;
        this.empty = possiblyEmpty.atAll();
        this.component = new StronglyConnected(rules.count(),
                rule -> Arrays.stream(rules.items(rule)).filter(item -> item >= 0).toArray()).components();
        this.ways = new long[rules.count()];
        Arrays.fill(ways, 1);
    }

    /** @throws GbnfException where there is one */
    void refuse() {
        // Grows to its end: what a rule has is at least what a rule in a run of it has.
        for (boolean changed = true; changed;) {
            changed = false;
            for (int rule = rules.count() - 1; rule >= 0; rule--) {
                long most = longest(rules.items(rule), rule);
                if (most > ways[rule]) {
                    ways[rule] = most;
                    changed = true;
                }
                if (most > MAX_WAYS) {
                    throw text.error("%s lets more than %d things in a row be left out: give them an order, or repeat one with *"
                            .formatted(rules.name(rule), MAX_WAYS), rules.place(rule));
                }
            }
        }
    }

    private long longest(int[] items, int rule) {
        long longest = 1;
        long run = 0;
        for (int i = items.length - 1; i >= 0; i--) {
            int item = items[i];
            if (item == GbnfRules.ALTERNATIVE) {
                run = 0;
                continue;
            }
            // A rule that leads back here repeats: that is the same way again.
            long own = item >= 0 && component[item] != component[rule] ? ways[item] : 1;
            boolean canBeEmpty = item >= 0 && empty[item];
            run = canBeEmpty ? own + run : own;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
