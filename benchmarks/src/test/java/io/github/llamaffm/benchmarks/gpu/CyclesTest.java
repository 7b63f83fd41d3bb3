package io.github.llamaffm.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.benchmarks.sides.Estimate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CyclesTest {

    @Test
    void aLeakIsASlopeAndOneStepIsNone() {
        double[] values = IntStream.range(0, 31).mapToDouble(i -> 5000 + 200 * i + (i < 14 ? 0 : 16000)).toArray();

        Estimate slope = Estimate.of(Cycles.slopes(values));

        assertThat(slope.values()).isEqualTo(6);
        assertThat(slope.median()).isEqualTo(200);
        assertThat(slope.interval().orElseThrow()).matches(interval -> interval.low() == 200 && interval.high() == 3400);
    }

    @Test
    void whatFillsNoWindowIsLeftOut() {
        assertThat(Cycles.slopes(99, 98, 1, 2, 3, 4, 5, 11)).containsExactly(2);
        assertThat(Cycles.slopes(1, 2)).isEmpty();
    }
}
