package io.github.llamaffm.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "nul\u0000nul", "日本語", "😀😀"})
    void encodes(String text) {
        assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"ab,high,2", "'',high,0", "a,low,1", "😀,low,2"})
    void namesTheIndexOfAnUnpairedSurrogate(String before, String kind, int index) {
        String text = before + (kind.equals("high") ? "\uD83D" : "\uDE00") + "x";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Utf8.encode(text))
                .withMessageContaining("at index " + index + " of a text of " + text.length() + " chars");
    }

    @Test
    void refusesAHighSurrogateAtTheEnd() {
        assertThatIllegalArgumentException().isThrownBy(() -> Utf8.encode("x\uD83D")).withMessageContaining("U+D83D");
    }
}
