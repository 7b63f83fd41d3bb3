package io.github.llamaffm.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What llama-bench makes of the same lists is in BenchIT. */
class IntListsTest {

    static Stream<Arguments> lists() {
        return Stream.of(
                Arguments.of("512", List.of(512)),
                Arguments.of("0,1,1", List.of(0, 1, 1)),
                Arguments.of("4,", List.of(4)),
                Arguments.of("", List.of()),
                Arguments.of("1-4", List.of(1, 2, 3, 4)),
                Arguments.of("1-10+4,7", List.of(1, 5, 9, 7)),
                Arguments.of("1-9*2", List.of(1, 2, 4, 8)),
                Arguments.of("0-3+2", List.of(0, 2)),
                Arguments.of("8-4", List.of()),
                Arguments.of("2147483646-2147483647", List.of(2147483646, 2147483647)));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void readsListsAndRanges(String text, List<Integer> values) {
        assertThat(IntLists.parse(text)).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        ",4", "4,,5", "a", "-1", "4 ", "1-", "1-4+", "1-4|2", "1-4-5", "1-4+0", "0-4*2", "1-4*1", "2147483648", "1-20000", "٣", "4,\n"})
    void refusesAllElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IntLists.parse(text));
    }

    @Test
    void onlyTheFirstNumberOfASignedRangeIsNegative() {
        assertThat(IntLists.parseSigned("-1,0-2,-1-1")).containsExactly(-1, 0, 1, 2, -1, 0, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> IntLists.parseSigned("-3--1"));
    }
}
