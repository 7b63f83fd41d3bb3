package io.github.llamaffm.benchmarks.sides;

import java.util.List;

/**
 * What is measured, of whom.
 *
 * @param name a line of the report
 * @param unit how its values are shown
 * @param peer whom ours is judged by
 * @param others shown beside it, not judged
 */
record Case(String name, Unit unit, Goal goal, Contender ours, Contender peer, List<Contender> others) {

    Case {
        others = List.copyOf(others);
    }

    static Case of(String name, Unit unit, Goal goal, Contender ours, Contender peer, Contender... others) {
        return new Case(name, unit, goal, ours, peer, List.of(others));
    }
}
