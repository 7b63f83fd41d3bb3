package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Pooling;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChatModelOptionsTest {

    static Stream<UnaryOperator<ChatModelOptions.Builder>> optionsOutOfRange() {
        return Stream.of(
                options -> options.cachedConversations(0),
                options -> options.cachedConversations(65),
                options -> options.queueTimeout(Duration.ofNanos(-1)),
                options -> options.context(ContextOptions.builder().unifiedCache(false).build()),
                options -> options.context(ContextOptions.builder().pooling(Pooling.MEAN).build()));
    }

    @ParameterizedTest
    @MethodSource("optionsOutOfRange")
    void refusesWhatCannotBe(UnaryOperator<ChatModelOptions.Builder> change) {
        assertThatIllegalArgumentException().isThrownBy(() -> change.apply(ChatModelOptions.builder()).build());
    }

    static Stream<UnaryOperator<AskOptions.Values>> callsOutOfRange() {
        Tool tool = Tool.declared("work", "Works.", "{\"type\":\"object\"}");
        return Stream.of(
                options -> options.maxTokens(0),
                options -> options.stop("a", ""),
                options -> options.stop("\uD800"),
                options -> options.seed(-1),
                options -> options.deadline(Duration.ofNanos(-1)),
                options -> options.logProbabilities(21),
                options -> options.tools(tool, tool),
                options -> options.templateArguments(Map.of("a", Duration.ZERO)));
    }

    @ParameterizedTest
    @MethodSource("callsOutOfRange")
    void refusesCallsThatCannotBe(UnaryOperator<AskOptions.Values> change) {
        assertThatIllegalArgumentException().isThrownBy(() -> change.apply(AskOptions.defaults()));
    }

    @Test
    void aCallsOwnTemplateArgumentsComeFirst() {
        Map<String, Object> arguments = new HashMap<>(Map.of("a", 1, "b", 2));
        ChatModelOptions options = ChatModelOptions.builder().templateArguments(arguments).build();
        arguments.put("c", 3);

        assertThat(new Defaults(options).in(AskOptions.defaults().templateArguments(Map.of("b", 3))).templateArguments())
                .isEqualTo(Map.of("a", 1, "b", 3));
        assertThat(ChatModelOptions.defaults().cachedConversations()).isEqualTo(4);
        assertThat(ChatModelOptions.defaults().queueTimeout()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aDeadlineIsOverOnce() {
        assertThat(Deadline.in(Optional.empty()).left()).isEmpty();
        assertThat(Deadline.in(Optional.empty()).isOver()).isFalse();
        assertThat(Deadline.in(Optional.of(Duration.ofSeconds(Long.MAX_VALUE))).isOver()).isFalse();
        assertThat(Deadline.in(Optional.of(Duration.ZERO)).isOver()).isTrue();
        Deadline day = Deadline.in(Optional.of(Duration.ofDays(1)));
        assertThat(day.isOver()).isFalse();
        assertThat(day.atMost(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
        assertThat(day.atMost(Duration.ofDays(9))).isLessThanOrEqualTo(Duration.ofDays(1));
    }
}
