package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {

    /** {@code $} is a line break and {@code ~} a backslash. */
    private static String unescape(String text) {
        return text.replace('$', '\n').replace('~', '\\');
    }

    @ParameterizedTest
    @ValueSource(strings = {"a~", "a$b~", "~", "a~~~", "\"\"\"", "\"\"\"a", "\"\"\"a$\"\"", "  \"\"\"$a$~", "\"\"\"\""})
    void goesOn(String typed) {
        assertThat(Entry.isOpen(unescape(typed))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "hello, hello",
                "' a ', ' a '",
                "a~$b, a$b",
                "a~~, a~~",
                "a$b, a$b",
                "c:~x~$~y, c:~x$~y",
                "\"\"\"a\"\"\", a",
                "\"\"\"$a$b$\"\"\", a$b",
                "\"\"\"$$a~$\"\"\"  , $a~",
                "\"\"\"say \"\"hi\"\" twice\"\"\", say \"\"hi\"\" twice",
                "say \"\"\", say \"\"\"",
                "😀 日本, 😀 日本",
            })
    void isWhole(String typed, String text) {
        assertThat(Entry.isOpen(unescape(typed))).isFalse();
        assertThat(Entry.text(unescape(typed))).isEqualTo(unescape(text));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {"a~, a", "\"\"\"$a, a", "\"\"\", ''"})
    void theEndOfTheInputEndsIt(String typed, String text) {
        assertThat(Entry.text(unescape(typed))).isEqualTo(unescape(text));
    }
}
