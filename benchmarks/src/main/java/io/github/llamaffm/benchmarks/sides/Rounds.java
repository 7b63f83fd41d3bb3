package io.github.llamaffm.benchmarks.sides;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The runs of a case: peer, ours, peer again, then the others; and from the beginning. The first two are a pair, the two of the
 * peer are the A-A run that tells the noise, farther apart than a pair and so rather too large than too small.
 */
record Rounds(List<Sample> ours, List<Sample> peer, List<Sample> again, Map<String, List<Sample>> others) {

    /** The least for which a median has an interval. */
    private static final int LEAST = 6;

    /**
     * @param most rounds that are run at most
     * @param until no round beyond {@value #LEAST} begins after this {@link System#nanoTime()}
     */
    static Rounds run(Case of, int most, long until) {
        Rounds rounds = new Rounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        for (int round = 0; round < most && (round < LEAST || System.nanoTime() - until < 0); round++) {
            rounds.peer.add(of.peer().run().once());
            rounds.ours.add(of.ours().run().once());
            rounds.again.add(of.peer().run().once());
            for (Contender other : of.others()) {
                rounds.others.computeIfAbsent(other.name(), _ -> new ArrayList<>()).add(other.run().once());
            }
        }
        return rounds;
    }

    /** Speed of ours over that of the peer. */
    double[] speeds() {
        return Statistics.ratios(values(peer), values(ours));
    }

    /** Speed of ours over that of another. */
    double[] speeds(String other) {
        return Statistics.ratios(values(others.get(other)), values(ours));
    }

    /** The peer over itself. */
    double[] noise() {
        return Statistics.ratios(values(peer), values(again));
    }

    /** User CPU time of ours over that of the peer, of those pairs that have both. */
    double[] cpu() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            if (ours.get(i).cpu().isPresent() && peer.get(i).cpu().orElse(0) > 0) {
                ratios.add(ours.get(i).cpu().getAsDouble() / peer.get(i).cpu().getAsDouble());
            }
        }
        return ratios.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Of ours less the peer. */
    double[] differences() {
        double[] differences = values(ours);
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= peer.get(i).value();
        }
        return differences;
    }

    static double[] values(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::value).toArray();
    }
}
