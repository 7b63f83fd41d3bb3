package io.github.llamaffm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {

    @ParameterizedTest
    @ValueSource(strings = {"Paris, of course.", "no no no no no", "{\"tool\": \"weather\", \"city\": \"Z\u00fcrich\"}", " \n ends with spaces  ",
            "a b a b a b c", "\ud83d\ude80 \u5317\u4eac \ud83d\ude80"})
    void piecesAreTheAnswerAndEachIsNew(String answer) {
        Script script = Script.of(answer);

        assertThat(String.join("", script.pieces())).isEqualTo(answer);
        assertThat(script.pieces()).doesNotHaveDuplicates().doesNotContain("");
        assertThat(script.pieces().stream().map(BytePairVocabulary::encoded)).doesNotContainAnyElementsOf(Vocabulary.tiny().tokens());
    }

    @Test
    void wordsAreThePiecesWhereTheyDiffer() {
        assertThat(Script.of("Paris, of course.").pieces()).containsExactly("Paris,", " of course.");
    }

    @Test
    void anyTextsOfFewWords() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            StringBuilder answer = new StringBuilder("Well");
            for (int word = random.nextInt(12); word >= 0; word--) {
                answer.append(" ".repeat(random.nextInt(3))).append("abc".charAt(random.nextInt(3)));
            }
            Script script = Script.of(answer.toString());
            assertThat(String.join("", script.pieces())).as("seed %d", seed).isEqualTo(answer.toString());
            assertThat(script.pieces()).as("seed %d", seed).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatCannotBeAnAnswerIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.answering(""));
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.answering(" the")).withMessageContaining("\" the\"");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.answering("Good morning").vocabulary(Vocabulary.tiny()));
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.answering("w".repeat(9) + " x1 y2 z3 u4 v5 s6 r7 q8 p9 o0")
                .embeddingSize(8).toBytes()).withMessageContaining("8");
    }
}
