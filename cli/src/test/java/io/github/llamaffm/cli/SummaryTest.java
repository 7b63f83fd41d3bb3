package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.GenerationResult.Timings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static String summary(FinishReason reason, int tokens, Timings timings) {
        return Summary.of(Duration.ofMillis(214), new GenerationResult("", new int[tokens], reason, 5, timings));
    }

    @Test
    void tellsTimesRatesAndTheReason() {
        var timings = new Timings(Duration.ofMillis(50), Duration.ofSeconds(2));

        assertThat(summary(FinishReason.LENGTH, 129, timings))
                .isEqualTo("load 214 ms, prompt 5 tokens at 100.0 t/s, generation 129 tokens at 64.0 t/s, "
                        + "length limit");
        assertThat(summary(FinishReason.END, 128, timings)).endsWith(", end of text");
        assertThat(summary(FinishReason.CANCELLED, 128, timings)).endsWith(", interrupted");
    }

    @Test
    void nothingMeasuredIsADash() {
        assertThat(summary(FinishReason.CANCELLED, 0, new Timings(Duration.ZERO, Duration.ZERO)))
                .contains("prompt 5 tokens at - t/s, generation 0 tokens at - t/s");
    }
}
