package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a history keeps of answers that asked for tools. */
class KeptTest {

    private static final ChatEvent.Usage USAGE = new ChatEvent.Usage(1, 0, 1, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private static final ToolCall ONE = new ToolCall("1", "f", "{}");
    private static final ToolCall TWO = new ToolCall("2", "g", "{}");

    private static Answer answer(StopReason reason, Message... messages) {
        return new Answer((AssistantMessage) messages[messages.length - 1], List.of(messages), reason, USAGE, List.of());
    }

    private static AssistantMessage says(String text, ToolCall... calls) {
        return new AssistantMessage(Content.of(text), Optional.empty(), List.of(calls));
    }

    @Test
    void callsThatTheCallerAnswersStay() {
        Answer answer = answer(StopReason.TOOL_CALLS, says("", ONE, TWO));
        assertThat(Kept.of(answer)).isEqualTo(answer.newMessages());
        Answer whole = answer(StopReason.END, says("", ONE), Message.tool("1", "x"), says(""));
        assertThat(Kept.of(whole)).isEqualTo(whole.newMessages());
    }

    @ParameterizedTest
    @EnumSource(names = {"LENGTH", "DEADLINE", "CANCELLED", "STOP"})
    void callsThatNobodyAnswersGo(StopReason reason) {
        assertThat(Kept.of(answer(reason, says("Let me see.", ONE)))).containsExactly(says("Let me see."));
        assertThat(Kept.of(answer(reason, says("", ONE), Message.tool("1", "x"), says("So", TWO))))
                .containsExactly(says("", ONE), Message.tool("1", "x"), says("So"));
    }

    /** Some templates count ids from 0 on in each message. */
    @Test
    void callsAreAnsweredBeforeTheModelSpeaksAgain() {
        assertThat(Kept.of(answer(StopReason.LENGTH, says("", ONE), Message.tool("1", "x"), says("So", ONE))))
                .containsExactly(says("", ONE), Message.tool("1", "x"), says("So"));
        Answer tools = new Answer(says("", ONE, TWO), List.of(says("", ONE, TWO), Message.tool("2", "x")), StopReason.DEADLINE, USAGE, List.of());
        assertThat(Kept.of(tools)).containsExactly(says("", TWO), Message.tool("2", "x"));
    }

    @Test
    void silenceIsNoMessage() {
        assertThat(Kept.of(answer(StopReason.CANCELLED, says("")))).isEmpty();
        assertThat(Kept.of(answer(StopReason.LENGTH, says("", ONE)))).isEmpty();
        assertThat(Kept.of(answer(StopReason.DEADLINE, says("", ONE), Message.tool("1", "x"), says(""))))
                .containsExactly(says("", ONE), Message.tool("1", "x"));
        AssistantMessage thought = new AssistantMessage(Content.of(""), Optional.of("Hm"), List.of());
        assertThat(Kept.of(answer(StopReason.CANCELLED, thought))).containsExactly(thought);
        assertThat(Kept.of(answer(StopReason.STOP, says("")))).containsExactly(says(""));
        assertThat(Kept.of(answer(StopReason.END, says("")))).containsExactly(says(""));
    }
}
