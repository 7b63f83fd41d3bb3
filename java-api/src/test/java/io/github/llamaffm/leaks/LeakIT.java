package io.github.llamaffm.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.LiveBlocks;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * Memory, threads, files and mappings stay where they are however often something is opened and closed, and what is closed is
 * garbage. {@code -Dleaks.percent=100 -Dleaks.report=true} is the long run of {@code ci/soak leaks}, which writes {@code
 * docs/safety/leaks.md}.
 */
class LeakIT {

    private static final int PERCENT = Integer.getInteger("leaks.percent", 1);
    private static final boolean LONG = PERCENT >= 100;
    private static final Duration LIMIT = Duration.ofHours(3);

    /** Of the kinds that take longest or least: 40 rounds in a short run. */
    private static final int FEWEST = 40;

    /** Rounds in which blocks are counted are slower, and need not be many: one block too many is seen. */
    private static final int COUNTED_PERCENT = Math.max(1, PERCENT / 10);

    private static final int FEW_READINGS = 12;
    private static final int MANY_READINGS = 60;

    /** Whose memory a short run measures too. */
    private static final Set<Rounds> MEASURED = LONG
            ? EnumSet.allOf(Rounds.class)
            : EnumSet.of(Rounds.MODEL, Rounds.CONTEXT, Rounds.GENERATION, Rounds.FORGOTTEN_BYTES, Rounds.FORGOTTEN_SAMPLER);

    @Test
    void nothingIsLeft() {
        List<Measurement> counted = run(program(EnumSet.allOf(Rounds.class), COUNTED_PERCENT, FEW_READINGS)
                .environment("LD_PRELOAD", LiveBlocks.library()));
        SoftAssertions softly = new SoftAssertions();
        for (Measurement measurement : counted) {
            softly.assertThat(Verdict.of(measurement, LONG).leavesSomething()).as(measurement::describe)
                    .isEqualTo(measurement.kind().leaks());
            softly.assertThat(measurement.left()).as("%s: closed, and still reachable", measurement.kind()).isEmpty();
        }
        softly.assertAll();

        List<Measurement> measured = run(program(MEASURED, PERCENT, LONG ? MANY_READINGS : FEW_READINGS));
        for (Measurement measurement : measured) {
            softly.assertThat(Verdict.of(measurement, LONG).grows()).as(measurement::describe).isEqualTo(measurement.kind().leaks());
            softly.assertThat(measurement.left()).as("%s: closed, and still reachable", measurement.kind()).isEmpty();
        }
        if (Boolean.getBoolean("leaks.report")) {
            LeaksPage.write(counted, measured);
        }
        softly.assertAll();
    }

    private static List<Measurement> run(ChildJvm program) {
        List<Measurement> found = Measurement.parse(program.run().assertSuccess());
        assertThat(found).isNotEmpty();
        return found.stream().sorted(Comparator.comparing(Measurement::kind)).toList();
    }

    private static ChildJvm program(Set<Rounds> kinds, int percent, int readings) {
        // The quick ones first: until there are few rounds the JVM is warm. What leaks must not disturb others.
        Stream<String> arguments = kinds.stream()
                .sorted(Comparator.comparing(Rounds::leaks).thenComparing(kind -> -kind.longRun))
                .map(kind -> kind + "=" + Math.max(FEWEST, (int) ((long) kind.longRun * percent / 100)));
        return ChildJvm.of(LeakProgram.class)
                .arguments(Stream.concat(Stream.of(String.valueOf(readings)), arguments).toArray())
                .environment("MALLOC_ARENA_MAX", 1)
                .options("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:NativeMemoryTracking=summary")
                .limit(LIMIT);
    }
}
