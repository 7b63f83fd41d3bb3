package io.github.llamaffm.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.benchmarks.sides.Estimate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CyclesTest {

    @Test
    void stepsThatComeNowAndThenAreASlope() {
        double[] values = IntStream.range(0, 30).mapToDouble(i -> 5000 + 1000 * (i / 3)).toArray();
        values[20] = 1e6;

        Estimate slope = Estimate.of(Cycles.slopes(values));

        assertThat(slope.values()).isEqualTo(15);
        assertThat(slope.median()).isBetween(333.0, 334.0);
        assertThat(slope.interval().orElseThrow()).matches(interval -> interval.low() > 300 && interval.high() < 400);
    }

    @Test
    void anOddNumberLeavesTheFirstOut() {
        assertThat(Cycles.slopes(99, 1, 2, 3, 4)).containsExactly(1, 1);
    }
}
