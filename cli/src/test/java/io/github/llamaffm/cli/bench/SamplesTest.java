package io.github.llamaffm.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void deviationIsThatOfASample() {
        Samples samples = Samples.of(2L, 4L, 4L, 4L, 5L, 5L, 7L, 9L);

        assertThat(samples.mean()).isEqualTo(5);
        assertThat(samples.deviation()).isCloseTo(2.138089935, within(1e-9));
        assertThat(samples.least()).isEqualTo(2);
    }

    @Test
    void oneValueDoesNotDeviate() {
        assertThat(Samples.of(7L).deviation()).isZero();
    }

    @Test
    void ratesAreTokensPerSecond() {
        assertThat(Samples.of(500_000_000L, 2_000_000_000L).rates(10).values()).containsExactly(20, 5);
    }
}
