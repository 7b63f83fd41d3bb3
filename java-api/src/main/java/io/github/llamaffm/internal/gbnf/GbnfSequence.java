package io.github.llamaffm.internal.gbnf;

import io.github.llamaffm.internal.IntList;

/** The items of the rule that is being read, and what a repetition applies to. */
final class GbnfSequence {

    private final int rule;
    private final int opening;
    private final int rulesBefore;

    private final IntList items = new IntList();

    /** What llama.cpp keeps for each item: a text is one item here and one element per character there. */
    private final IntList weights = new IntList();

    private long elements;
    private int lastStart;
    private long lastElements;
    private long repeated = 1;

    /**
     * @param rule that this becomes
     * @param opening place of the parenthesis; -1 for a rule with a name
     * @param rulesBefore how many rules there were before it
     */
    GbnfSequence(int rule, int opening, int rulesBefore) {
        this.rule = rule;
        this.opening = opening;
        this.rulesBefore = rulesBefore;
    }

    int rule() {
        return rule;
    }

    int opening() {
        return opening;
    }

    boolean isGroup() {
        return opening >= 0;
    }

    int rulesBefore() {
        return rulesBefore;
    }

    /** @param rules what a repetition of this multiplies */
    void add(int item, int weight, long rules) {
        lastStart = items.size();
        lastElements = 0;
        repeated = rules;
        if (weight > 0) {
            push(item, weight);
            lastElements = weight;
        }
    }

    void endAlternative() {
        push(GbnfRules.ALTERNATIVE, 1);
        lastStart = items.size();
        lastElements = 0;
        repeated = 1;
    }

    /** Whether there is something before this place that can be repeated. */
    boolean canRepeat() {
        return lastStart < items.size();
    }

    /** The rules that what comes before already stands for. */
    long repeated() {
        return repeated;
    }

    /** How many elements a copy of what is repeated has. */
    long lastElements() {
        return lastElements;
    }

    /** What is repeated. */
    int[] lastItems() {
        int[] last = new int[items.size() - lastStart];
        for (int i = 0; i < last.length; i++) {
            last[i] = items.get(lastStart + i);
        }
        return last;
    }

    /** Writes what is repeated so many times. */
    void repeatLast(long times, long rules) {
        int end = items.size();
        if (times == 0) {
            items.truncate(lastStart);
            weights.truncate(lastStart);
            elements -= lastElements;
            lastElements = 0;
        } else {
            long once = lastElements;
            for (long i = 1; i < times; i++) {
                for (int item = lastStart; item < end; item++) {
                    push(items.get(item), weights.get(item));
                }
            }
            lastElements = once * times;
        }
        repeated *= rules;
    }

    /** Adds to what is repeated the rule for the rest of it. */
    void addRest(int restRule) {
        push(restRule, 1);
        lastElements++;
    }

    int[] items() {
        return items.toArray();
    }

    long elements() {
        return elements + 1;
    }

    private void push(int item, int weight) {
        items.add(item);
        weights.add(weight);
        elements += weight;
    }
}
