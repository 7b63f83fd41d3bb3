package io.github.llamaffm.benchmarks.sides;

import java.util.Locale;

/** What has to hold of ours beside the peer. All but {@link Below} are about ratios of speeds: more is better. */
sealed interface Goal {

    /** Pairs without which nothing is judged. */
    int PAIRS = 15;

    /** As fast: the median of the ratios, and the lower end of its interval. */
    record AsFast() implements Goal {

        static final double MEDIAN = 0.99;
        static final double LOW = 0.97;
    }

    /** Takes at most so many times as long. */
    record AtMost(double times) implements Goal {}

    /** The median of the differences, value by value, in what the unit counts. */
    record Below(double difference, String text) implements Goal {}

    /** Shown, and nothing promised. */
    record Shown() implements Goal {}

    /** In words. */
    default String text() {
        return switch (this) {
            case AsFast _ -> "ratio at least 0.99, interval above 0.97";
            case AtMost most -> String.format(Locale.ROOT, "at most %.2f times as long", most.times());
            case Below below -> below.text();
            case Shown _ -> "-";
        };
    }
}
