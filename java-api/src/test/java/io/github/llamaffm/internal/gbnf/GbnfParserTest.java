package io.github.llamaffm.internal.gbnf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GbnfParserTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "root ::= \"a\"",
        "root ::= [a-z]+ # a word\n",
        "# nothing but a comment before\n\nroot ::= a | b\r\na ::= \"x\"\rb ::= .",
        "root ::= (\n \"a\" |\n \"b\" )* \"\\x41\\u00e9\\U0001F600\\n\\\"\"",
        "root ::= \"a\"{3} \"b\"{3,} \"c\"{0,5000} [^\\]\\-x-]{1,2}",
        "root ::= []\"\"",
        "root ::= <[12]> !<[13]>",
        "root ::= r | r\nr ::= \"x\"",
        "root ::= item*\nitem ::= ws\nws ::= \"\" | \" \"",
        "root ::=",
    })
    void accepts(String gbnf) {
        assertThatCode(() -> GbnfParser.check(gbnf, "root")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "root = `; 1; 6; expected ::=",
        "`root ::= \"a`; 1; 10; never closed",
        "`root ::= [a-z`; 1; 10; never closed",
        "`root ::= (\"a\"`; 1; 10; never closed",
        "`root ::= \"a\")`; 1; 13; not the start",
        "`root ::= \"\\q\"`; 1; 11; unknown escape",
        "`root ::= \"\\xg0\"`; 1; 11; 2 hexadecimal digits",
        "`root ::= *`; 1; 10; nothing before it",
        "`root ::= \"\"*`; 1; 12; nothing before it",
        "`root ::= \"a\"{,3}`; 1; 14; number of repetitions",
        "`root ::= \"a\"{3`; 1; 15; expected }",
        "`root ::= \"a\"{5,3}`; 1; 13; at least 5 but at most 3",
        "`root ::= \"a\"{5000}`; 1; 13; at most 2000",
        "`root ::= ((\"a\"{0,99}){0,99}){0,99}`; 1; 22; lower their numbers",
        "`root ::= b`; 1; 10; b is used but never defined",
        "`a ::= \"x\"`; 1; 1; no rule is called root",
        "``; 1; 1; no rules",
        "`root ::= root \"a\" | \"b\"`; 1; 1; left recursion",
        "`root ::= e root \"a\" | \"b\"\ne ::= f\nf ::= \"\" | \"x\"`; 1; 1; left recursion",
        "`root ::= [ab-a]`; 1; 12; runs backwards",
        "`root ::= \"\\U00110000\"`; 1; 11; no character",
        "`root ::= \"\\uD800\"`; 1; 11; no character",
        "`root ::= <x`; 1; 10; never closed",
        "`root ::= <[x]>`; 1; 12; a token id",
    })
    void refusesWithThePlace(String gbnf, int line, int column, String reason) {
        assertThatExceptionOfType(GbnfException.class)
                .isThrownBy(() -> GbnfParser.check(gbnf, "root"))
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(new int[] {e.line(), e.column()}).containsExactly(line, column));
    }

    @Test
    void countsLinesAndCharacters() {
        assertThatExceptionOfType(GbnfException.class)
                .isThrownBy(() -> GbnfParser.check("# 😀\r\n\nroot ::= \"😀\" ?! ", "root"))
                .satisfies(e -> assertThat(new int[] {e.line(), e.column()}).containsExactly(3, 16));
    }

    @Test
    void namesTheTokensThatTheVocabularyMustHave() {
        assertThat(GbnfParser.check("root ::= <think> !</think>", "root"))
                .containsExactly(new GbnfParser.TokenName("<think>", 1, 10), new GbnfParser.TokenName("</think>", 1, 19));
    }

    @Test
    void startsWhereItIsTold() {
        assertThatCode(() -> GbnfParser.check("other ::= \"a\"", "other")).doesNotThrowAnyException();
    }

    @Test
    void refusesADepthThatOverflowsTheNativeStack() {
        refuses("root ::= " + "(".repeat(100_000) + "\"a\"" + ")".repeat(100_000), "1000 groups inside each other");
    }

    @Test
    void refusesMoreRulesThanTheNativeCodeCanWalk() {
        refuses("root ::= " + "()".repeat(100_000), "100000 rules");
    }

    @Test
    void refusesRepetitionsThatTakeAllMemory() {
        refuses("root ::= " + ("\"" + "x".repeat(10_000) + "\"{2000}"), "4000000 elements");
    }

    @Test
    void refusesAlternativesThatTakeForEver() {
        refuses("root ::= r0\n" + IntStream.range(0, 40)
                .mapToObj(i -> "r%d ::= r%d | r%d\n".formatted(i, i + 1, i + 1)).collect(Collectors.joining())
                + "r40 ::= \"x\"", "too many ways");
    }

    @Test
    void refusesAStackThatIsCopiedTooOften() {
        refuses("root ::= r0\n" + IntStream.range(0, 2002)
                .mapToObj(i -> "r%d ::= r%d \"x\"\n".formatted(i, i + 1)).collect(Collectors.joining())
                + "r2002 ::= \"x\"", "2000 rules with something behind them");
    }

    @Test
    void refusesWhatHasTooManyWaysToGoOn() {
        refuses("root ::= ((\"a\"?){30}){30}", "more than 128 things in a row be left out");
        assertThatCode(() -> GbnfParser.check("root ::= (\"a\"?){100} a\na ::= \"x\"? \"!\" b\nb ::= \"y\"? \"!\" a | \"\"", "root"))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatIsTooLong() {
        refuses("#".repeat(GbnfParser.MAX_LENGTH + 1), "1048577 characters");
    }

    @Test
    void readsLongChainsInEitherDirection() {
        String forward = IntStream.range(0, 50_000).mapToObj(i -> "r" + i + " ::= r" + (i + 1) + "\n").collect(Collectors.joining());
        assertThatCode(() -> GbnfParser.check("root ::= r0\n" + forward + "r50000 ::= \"\"", "root")).doesNotThrowAnyException();
        String backward = IntStream.range(1, 5_000).mapToObj(i -> "r" + i + " ::= r" + (i - 1) + "\n").collect(Collectors.joining());
        assertThatCode(() -> GbnfParser.check("r0 ::= \"\"\n" + backward + "root ::= r4999", "root")).doesNotThrowAnyException();
    }

    private static void refuses(String gbnf, String reason) {
        assertThatExceptionOfType(GbnfException.class)
                .isThrownBy(() -> GbnfParser.check(gbnf, "root"))
                .withMessageContaining(reason);
    }
}
