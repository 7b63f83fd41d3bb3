package io.github.llamaffm.benchmarks.sides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.benchmarks.sides.Verdict.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Goal AS_FAST = new Goal.AsFast();
    private static final double[] STEADY = times(15, 100);

    @Test
    void equalTimesAreAsFast() {
        assertThat(Verdict.of(AS_FAST, rounds(STEADY, STEADY, STEADY))).isEqualTo(new Verdict(Kind.HOLDS, ""));
    }

    @Test
    void twoPercentSlowerMisses() {
        assertThat(Verdict.of(AS_FAST, rounds(times(15, 102), STEADY, STEADY)).kind()).isEqualTo(Kind.MISSED);
    }

    @Test
    void aGoodMedianWithALowIntervalMisses() {
        double[] ours = STEADY.clone();
        Arrays.fill(ours, 0, 4, 110); // the 4th of 15 is the lower end
        assertThat(Verdict.of(AS_FAST, rounds(ours, STEADY, STEADY)).kind()).isEqualTo(Kind.MISSED);
        Arrays.fill(ours, 0, 1, 100);
        assertThat(Verdict.of(AS_FAST, rounds(ours, STEADY, STEADY)).kind()).isEqualTo(Kind.HOLDS);
    }

    @Test
    void fewPairsAreNotJudged() {
        Verdict verdict = Verdict.of(AS_FAST, rounds(times(14, 100), times(14, 100), times(14, 100)));
        assertThat(verdict).isEqualTo(new Verdict(Kind.NOT_JUDGED, "14 of 15 pairs"));
    }

    @Test
    void noiseIsNotJudgedButCpuTimeIs() {
        double[] noisy = STEADY.clone();
        Arrays.fill(noisy, 0, 4, 97); // an interval from 1 to 1.031
        assertThat(Verdict.of(AS_FAST, rounds(STEADY, STEADY, noisy)).show())
                .isEqualTo("not judged (noise 3.1 %; user CPU time 1.000 times: holds)");
        assertThat(Verdict.of(AS_FAST, rounds(times(15, 103), STEADY, noisy)).show())
                .isEqualTo("not judged (noise 3.1 %; user CPU time 1.030 times: missed)");
        assertThat(Verdict.of(new Goal.AtMost(1.05), rounds(times(15, 200), STEADY, noisy)).kind()).isEqualTo(Kind.NOT_JUDGED);
    }

    @Test
    void timesAreJudgedByTheMedian() {
        assertThat(Verdict.of(new Goal.AtMost(1.05), rounds(times(6, 104), times(6, 100), times(6, 100))).kind()).isEqualTo(Kind.HOLDS);
        assertThat(Verdict.of(new Goal.AtMost(1.05), rounds(times(6, 106), times(6, 100), times(6, 100))).kind()).isEqualTo(Kind.MISSED);
    }

    @Test
    void differencesAreJudgedWhateverTheNoise() {
        Goal goal = new Goal.Below(300, "");
        assertThat(Verdict.of(goal, rounds(times(3, 400), times(3, 100), times(3, 900))).kind()).isEqualTo(Kind.HOLDS);
        assertThat(Verdict.of(goal, rounds(times(3, 401), times(3, 100), times(3, 900))).kind()).isEqualTo(Kind.MISSED);
    }

    private static double[] times(int number, double value) {
        return DoubleStream.generate(() -> value).limit(number).toArray();
    }

    /** CPU time is half the time. */
    private static Rounds rounds(double[] ours, double[] peer, double[] again) {
        return new Rounds(samples(ours), samples(peer), samples(again), Map.of());
    }

    private static List<Sample> samples(double[] values) {
        return Arrays.stream(values).mapToObj(value -> new Sample(value, OptionalDouble.of(value / 2))).toList();
    }
}
