package io.github.llamaffm.benchmarks.sides;

import java.util.Map;
import java.util.stream.Collectors;

/** A case that was measured. */
record Line(Case of, Rounds rounds, Verdict verdict) {

    static Line of(Case of, Rounds rounds) {
        return new Line(of, rounds, Verdict.of(of.goal(), rounds));
    }

    /** The speed of ours over that of each contender, by its name. */
    Map<String, Estimate> ratios() {
        Map<String, Estimate> ratios = rounds.others().keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> Estimate.of(rounds.speeds(name))));
        ratios.put(of.peer().name(), Estimate.of(rounds.speeds()));
        return ratios;
    }
}
