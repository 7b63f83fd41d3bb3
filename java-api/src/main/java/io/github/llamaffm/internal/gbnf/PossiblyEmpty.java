package io.github.llamaffm.internal.gbnf;

import io.github.llamaffm.internal.IntList;

/** Which rules can match nothing. Takes time in proportion to the grammar. */
final class PossiblyEmpty {

    private final boolean[] directly;
    private final boolean[] atAll;

    /** The rule of each alternative that names rules only, and how many of those are not known to match nothing yet. */
    private final IntList owners = new IntList();

    private final int[] missing;

    /** The alternatives that name a rule. */
    private final IntList[] users;

    private final IntList news = new IntList();

    PossiblyEmpty(GbnfRules rules) {
        int count = rules.count();
        directly = new boolean[count];
        atAll = new boolean[count];
        users = new IntList[count];
        IntList sizes = new IntList();
        for (int rule = 0; rule < count; rule++) {
            read(rule, rules.items(rule), sizes);
        }
        missing = sizes.toArray();
        for (int i = 0; i < news.size(); i++) {
            spread(news.get(i));
        }
    }

    /** Those that have an alternative without anything in it. */
    boolean[] directly() {
        return directly;
    }

    /** Also those that have an alternative of nothing but such rules. */
    boolean[] atAll() {
        return atAll;
    }

    private void read(int rule, int[] items, IntList sizes) {
        int start = 0;
        for (int end = 0; end <= items.length; end++) {
            if (end == items.length || items[end] == GbnfRules.ALTERNATIVE) {
                readAlternative(rule, items, start, end, sizes);
                start = end + 1;
            }
        }
    }

    private void readAlternative(int rule, int[] items, int start, int end, IntList sizes) {
        if (start == end) {
            directly[rule] = true;
            found(rule);
            return;
        }
        for (int i = start; i < end; i++) {
            if (items[i] == GbnfRules.TERMINAL) {
                return;
            }
        }
        int alternative = owners.size();
        owners.add(rule);
        sizes.add(end - start);
        for (int i = start; i < end; i++) {
            IntList its = users[items[i]];
            if (its == null) {
                its = new IntList();
                users[items[i]] = its;
            }
            its.add(alternative);
        }
    }

    private void found(int rule) {
        if (!atAll[rule]) {
            atAll[rule] = true;
            news.add(rule);
        }
    }

    private void spread(int rule) {
        IntList its = users[rule];
        for (int i = 0; its != null && i < its.size(); i++) {
            int alternative = its.get(i);
            if (--missing[alternative] == 0) {
                found(owners.get(alternative));
            }
        }
    }
}
