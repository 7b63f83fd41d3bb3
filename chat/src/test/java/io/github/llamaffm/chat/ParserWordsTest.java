package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where text is only more text. */
class ParserWordsTest {

    private static final String UNTIL = """
            {"parsers":[{"type":"until","delimiters":["<tool>","</think>"]},{"type":"tag","child":0,"tag":"content"},{"type":"literal","literal":"{"}],
            "rules":{},"root":1}""";
    private static final String JSON = """
            {"parsers":[{"type":"schema","child":1},{"type":"any"},{"type":"tag","child":0,"tag":"content"}],"rules":{},"root":2}""";

    @Test
    void textIsPlainUntilAWordMayBegin() {
        ParserWords words = new ParserWords(UNTIL);
        assertThat(words.isPlain("Hello world {", 5)).isTrue();
        assertThat(words.isPlain("a < b", 1)).isTrue();
        assertThat(words.isPlain("a <", 1)).isFalse();
        assertThat(words.isPlain("<too", 2)).isFalse();
        assertThat(words.isPlain("<tool> x", 5)).isFalse();
        // What follows a word need not be text.
        assertThat(words.isPlain("<tool> x", 6)).isFalse();
        assertThat(words.isPlain("<tool> x", 7)).isTrue();
        assertThat(words.isPlain("x </think> y", 4)).isFalse();
    }

    @Test
    void answersWithAStructureAreNeverPlain() {
        assertThat(new ParserWords(JSON).isPlain("abc", 1)).isFalse();
    }
}
