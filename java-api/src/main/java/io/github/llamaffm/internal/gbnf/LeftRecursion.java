package io.github.llamaffm.internal.gbnf;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Refuses rules that come back to themselves before they have matched anything. llama.cpp refuses those that it sees; others it
 * would follow for ever, and where many paths lead to the same rules its search takes longer than anybody waits.
 */
final class LeftRecursion {

    /** Rules that llama.cpp's search visits: with every path to a rule it looks at that rule again. */
    private static final long MAX_VISITS = 50_000_000;

    /**
     * Rules with something behind them that lead to the first character: llama.cpp keeps a stack of these, and a copy of it for
     * each step on the way there.
     */
    private static final int MAX_DEPTH = 2000;

    private static final int NEW = 0;
    private static final int OPEN = 1;
    private static final int DONE = 2;

    private final GbnfRules rules;
    private final GbnfText text;
    private final boolean[] directlyEmpty;
    private final boolean[] empty;

    LeftRecursion(GbnfRules rules, GbnfText text, PossiblyEmpty possiblyEmpty) {
        this.rules = rules;
        this.text = text;
        this.directlyEmpty = possiblyEmpty.directly();
        this.empty = possiblyEmpty.atAll();
    }

    /** @throws GbnfException where there is any */
    void refuse() {
        refuseWhatIsSeen();
        refuseWhatIsNotSeen();
    }

    /** The rules that can come first in a rule: the next one where the one before can be empty. */
    private int[] leftmost(int rule, boolean[] canBeEmpty) {
        int[] items = rules.items(rule);
        int[] found = new int[items.length];
        int count = 0;
        boolean first = true;
        for (int item : items) {
            if (item == GbnfRules.ALTERNATIVE) {
                first = true;
            } else if (first && item >= 0) {
                found[count++] = item;
                first = canBeEmpty[item];
            } else {
                first = false;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** The search of llama.cpp, which visits each rule once here. */
    private void refuseWhatIsSeen() {
        int[] state = new int[rules.count()];
        long[] visits = new long[rules.count()];
        int[] depths = new int[rules.count()];
        int[] next = new int[rules.count()];
        int[][] edges = new int[rules.count()][];
        long total = 0;
        for (int start = 0; start < state.length; start++) {
            if (state[start] != NEW) {
                continue;
            }
            Deque<Integer> path = new ArrayDeque<>();
            path.push(start);
            while (!path.isEmpty()) {
                int rule = path.getFirst();
                if (state[rule] == NEW) {
                    state[rule] = OPEN;
                    edges[rule] = leftmost(rule, directlyEmpty);
                }
                if (next[rule] < edges[rule].length) {
                    int target = edges[rule][next[rule]++];
                    if (state[target] == OPEN) {
                        throw recursion(target);
                    }
                    if (state[target] == NEW) {
                        path.push(target);
                    }
                } else {
                    visits[rule] = 1;
                    for (int target : edges[rule]) {
                        visits[rule] = Math.min(MAX_VISITS, visits[rule] + visits[target]);
                    }
                    depths[rule] = depth(rule, depths);
                    state[rule] = DONE;
                    path.pop();
                }
            }
            total += visits[start];
            if (total >= MAX_VISITS) {
                throw text.error("too many ways lead from %s to its first character; give some of the alternatives a rule of their own"
                        .formatted(rules.name(start)), rules.place(start));
            }
        }
    }

    private int depth(int rule, int[] depths) {
        int[] items = rules.items(rule);
        int depth = 0;
        boolean first = true;
        for (int i = 0; i < items.length; i++) {
            if (items[i] == GbnfRules.ALTERNATIVE) {
                first = true;
            } else if (first && items[i] >= 0) {
                boolean more = i + 1 < items.length && items[i + 1] != GbnfRules.ALTERNATIVE;
                depth = Math.max(depth, depths[items[i]] + (more ? 1 : 0));
                first = directlyEmpty[items[i]];
            } else {
                first = false;
            }
        }
        if (depth > MAX_DEPTH) {
            throw text.error("more than %d rules with something behind them lead from %s to its first character; let fewer begin with another"
                    .formatted(MAX_DEPTH, rules.name(rule)), rules.place(rule));
        }
        return depth;
    }

    /** A rule that can be empty in a roundabout way hides what comes after it: following that, llama.cpp's stack only grows. */
    private void refuseWhatIsNotSeen() {
        int[] component = new StronglyConnected(rules.count(), rule -> leftmost(rule, empty)).components();
        for (int rule = 0; rule < rules.count(); rule++) {
            boolean first = true;
            int[] items = rules.items(rule);
            for (int i = 0; i < items.length; i++) {
                if (items[i] == GbnfRules.ALTERNATIVE) {
                    first = true;
                } else if (first && items[i] >= 0) {
                    boolean more = i + 1 < items.length && items[i + 1] != GbnfRules.ALTERNATIVE;
                    if (more && component[items[i]] == component[rule]) {
                        throw recursion(rule);
                    }
                    first = empty[items[i]];
                } else {
                    first = false;
                }
            }
        }
    }

    private GbnfException recursion(int rule) {
        return text.error("the rule %s comes back to itself before it has matched anything (left recursion); put what repeats last, or use *"
                .formatted(rules.name(rule)), rules.place(rule));
    }
}
