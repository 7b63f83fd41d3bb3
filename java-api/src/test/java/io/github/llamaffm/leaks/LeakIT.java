package io.github.llamaffm.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.time.Duration;
import java.util.List;
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
    private static final int READINGS = LONG ? 60 : 12;
    private static final int FEWEST = 40;
    private static final Duration LIMIT = Duration.ofHours(3);

    @Test
    void whatIsClosedIsGone() {
        List<Measurement> found = Measurement.parse(program().run().assertSuccess());

        SoftAssertions softly = new SoftAssertions();
        for (Measurement measurement : found) {
            Verdict verdict = Verdict.of(measurement, LONG);
            softly.assertThat(verdict.grows())
                    .as("%s%nreadings:%n%s", verdict, String.join("\n", measurement.readings().stream().map(Reading::toLine).toList()))
                    .isEqualTo(measurement.kind().leaks());
            softly.assertThat(measurement.left()).as("%s: closed, and still reachable", measurement.kind()).isEmpty();
        }
        softly.assertAll();
        assertThat(found).extracting(Measurement::kind).containsExactly(Rounds.values());
        if (Boolean.getBoolean("leaks.report")) {
            LeaksPage.write(found, LONG);
        }
    }

    private static ChildJvm program() {
        Stream<String> kinds = Stream.of(Rounds.values())
                .map(kind -> kind + "=" + Math.max(FEWEST, (int) ((long) kind.longRun * PERCENT / 100)));
        return ChildJvm.of(LeakProgram.class)
                .arguments(Stream.concat(Stream.of(String.valueOf(READINGS)), kinds).toArray())
                .environment("MALLOC_ARENA_MAX", 1)
                .options("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:NativeMemoryTracking=summary")
                .limit(LIMIT);
    }
}
