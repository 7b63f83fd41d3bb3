package io.github.llamaffm.benchmarks.sides;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The runs of a case: peer, ours, peer, ours, and so on, with the others in between. Ours and the run of the peer before it are a
 * pair. That one and the next of the peer are the A-A run that tells the noise: farther apart than a pair, so rather too large
 * than too small.
 *
 * @param again of the peer: the next run, of each of its runs
 * @param others of the first rounds only, where the profile says so
 */
record Rounds(List<Sample> ours, List<Sample> peer, List<Sample> again, Map<String, List<Sample>> others) {

    /**
     * @param most rounds that are run at most
     * @param until no round beyond the profile's least begins after this {@link System#nanoTime()}
     */
    static Rounds run(Case of, Profile profile, int most, long until) {
        Rounds rounds = new Rounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        Sample peer = of.peer().run().once();
        for (int round = 0; round < most && (round < profile.leastRounds() || rounds.goesOn(of.goal(), until)); round++) {
            rounds.peer.add(peer);
            rounds.ours.add(of.ours().run().once());
            for (Contender other : round < profile.roundsOfOthers() ? of.others() : List.<Contender>of()) {
                rounds.others.computeIfAbsent(other.name(), _ -> new ArrayList<>()).add(other.run().once());
            }
            peer = of.peer().run().once();
            rounds.again.add(peer);
        }
        return rounds;
    }

    /** Whether more pairs may tell more, of what noise keeps from being judged. How ours did plays no part in it. */
    private boolean goesOn(Goal goal, long until) {
        return System.nanoTime() - until < 0 && (goal instanceof Goal.Below || ours.size() < Goal.PAIRS || !Verdict.isQuiet(this));
    }

    /** Speed of ours over that of the peer. */
    double[] speeds() {
        return Statistics.ratios(values(peer), values(ours));
    }

    /** Speed of ours over that of another. */
    double[] speeds(String other) {
        double[] theirs = values(others.get(other));
        return Statistics.ratios(theirs, Arrays.copyOf(values(ours), theirs.length));
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
