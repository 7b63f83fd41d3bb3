package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.GenerationResult.Timings;
import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.AssistantMessage;
import io.github.llamaffm.chat.ChatEvent;
import io.github.llamaffm.chat.Content;
import io.github.llamaffm.chat.StopReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    private static Answer answer(int prompt, int cached, int tokens, StopReason reason) {
        var usage = new ChatEvent.Usage(
                prompt, cached, tokens, 0, Duration.ZERO, Duration.ofMillis(50), Duration.ofSeconds(2));
        var message = new AssistantMessage(Content.of("Hi"), Optional.empty(), List.of());
        return new Answer(message, List.of(message), reason, usage, List.of());
    }

    @Test
    void anAnswerIsToldAsATextIs() {
        assertThat(Summary.of(Duration.ofMillis(214), answer(5, 0, 129, StopReason.END)))
                .isEqualTo("load 214 ms, prompt 5 tokens at 100.0 t/s, generation 129 tokens at 64.0 t/s, end of text");
    }

    @Test
    void aTurnTellsWhatWasReused() {
        assertThat(Summary.ofTurn(answer(30, 25, 129, StopReason.TOOL_CALLS)))
                .isEqualTo("prompt 30 tokens: 25 reused, 5 evaluated at 100.0 t/s; answer 129 tokens at 64.0 t/s, tool_calls");
    }

    @Test
    void nothingMeasuredIsADash() {
        assertThat(summary(FinishReason.CANCELLED, 0, new Timings(Duration.ZERO, Duration.ZERO)))
                .contains("prompt 5 tokens at - t/s, generation 0 tokens at - t/s");
    }
}
