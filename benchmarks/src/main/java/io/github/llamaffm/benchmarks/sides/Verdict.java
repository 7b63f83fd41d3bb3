package io.github.llamaffm.benchmarks.sides;

import java.util.Locale;
import java.util.Optional;

/** Whether a goal holds, and why it is not said where it is not said. */
record Verdict(Kind kind, String text) {

    enum Kind { HOLDS, MISSED, NOT_JUDGED, SHOWN }

    /** An A-A run with a wider interval tells nothing about 1 %. */
    static final double NOISE = 0.02;

    /** Of user CPU time, where the machine is too noisy for time. */
    static final double CPU = 1.02;

    static Verdict of(Goal goal, Rounds rounds) {
        Estimate speed = Estimate.of(rounds.speeds());
        return switch (goal) {
            case Goal.Shown _ -> new Verdict(Kind.SHOWN, "");
            case Goal.Below(double limit, String _) -> of(Statistics.median(rounds.differences()) <= limit, "");
            case Goal.AtMost(double times) -> noisy(rounds).orElseGet(() -> of(1 / speed.median() <= times, ""));
            case Goal.AsFast _ -> few(speed).or(() -> noisy(rounds)).orElseGet(() -> of(
                    speed.median() >= Goal.AsFast.MEDIAN && speed.interval().orElseThrow().low() > Goal.AsFast.LOW, ""));
        };
    }

    private static Verdict of(boolean holds, String text) {
        return new Verdict(holds ? Kind.HOLDS : Kind.MISSED, text);
    }

    private static Optional<Verdict> few(Estimate speed) {
        return speed.values() >= Goal.PAIRS ? Optional.empty()
                : Optional.of(new Verdict(Kind.NOT_JUDGED, speed.values() + " of " + Goal.PAIRS + " pairs"));
    }

    /** Whether the peer beside itself differs by so little that time can be judged. */
    static boolean isQuiet(Rounds rounds) {
        return Estimate.of(rounds.noise()).interval().filter(interval -> interval.width() <= NOISE).isPresent();
    }

    /** With the user CPU time instead, where it is known. */
    private static Optional<Verdict> noisy(Rounds rounds) {
        if (isQuiet(rounds)) {
            return Optional.empty();
        }
        String width = Estimate.of(rounds.noise()).interval().map(i -> String.format(Locale.ROOT, "noise %.1f %%", 100 * i.width())).orElse("noise unknown");
        double[] cpu = rounds.cpu();
        if (cpu.length == 0) {
            return Optional.of(new Verdict(Kind.NOT_JUDGED, width));
        }
        double median = Statistics.median(cpu);
        return Optional.of(new Verdict(Kind.NOT_JUDGED, String.format(Locale.ROOT, "%s; user CPU time %.3f times: %s", width, median,
                median <= CPU ? "holds" : "missed")));
    }

    /** For a table. */
    String show() {
        String word = switch (kind) {
            case HOLDS -> "holds";
            case MISSED -> "**missed**";
            case NOT_JUDGED -> "not judged";
            case SHOWN -> "-";
        };
        return text.isEmpty() ? word : word + " (" + text + ")";
    }
}
