package io.github.llamaffm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScriptedModelTest {

    private static Map<ScriptedAnswer, Chain> chains(String... texts) {
        return Chain.of(List.of(texts).stream().map(text -> new ScriptedAnswer(text, false)).toList(), Set.of("<start>"));
    }

    @Test
    void answersShareNoPieceUnlessTheyAreEqual() {
        assertThat(chains("I see.", "I see it.", "I", "I see.", "the", "7", "<start> I").values().stream().map(Chain::pieces))
                .containsExactlyInAnyOrder(List.of("I see."), List.of("I see", " it."), List.of("I"), List.of("the"), List.of("7"),
                        List.of("<start> I"));
    }

    @Test
    void endlessAnswersAreLongerWhereTheirWordsAreTaken() {
        List<ScriptedAnswer> answers = List.of(new ScriptedAnswer("la ", false), new ScriptedAnswer("la ", true), new ScriptedAnswer("a", true));
        Map<ScriptedAnswer, Chain> chains = Chain.of(answers, Set.of());
        assertThat(String.join("", chains.get(answers.get(1)).pieces())).matches("(la ){2,}");
        assertThat(String.join("", chains.get(answers.get(2)).pieces())).matches("a{2,}");
        assertThat(chains.get(answers.get(0)).endless()).isFalse();
        assertThat(chains.get(answers.get(1)).endless()).isTrue();
    }

    @Test
    void anyAnswersOfFewWords() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            List<ScriptedAnswer> answers = new ArrayList<>();
            for (int answer = random.nextInt(20); answer >= 0; answer--) {
                StringBuilder text = new StringBuilder();
                for (int word = random.nextInt(6); word >= 0; word--) {
                    text.append(" ".repeat(random.nextInt(3))).append("abc".charAt(random.nextInt(3)));
                }
                answers.add(new ScriptedAnswer(text.toString(), random.nextInt(5) == 0));
            }
            Map<ScriptedAnswer, Chain> chains = Chain.of(answers, Set.of());
            assertThat(chains.values().stream().flatMap(chain -> chain.pieces().stream())).as("seed %d", seed).doesNotHaveDuplicates();
            chains.forEach((answer, chain) -> assertThat(String.join("", chain.pieces())).as("seed %d", seed)
                    .matches(text -> answer.endless() ? text.replace(answer.text(), "").isEmpty() : text.equals(answer.text())));
        }
    }

    @Test
    void equalScriptsAreEqualBytes() throws Exception {
        byte[] file = TestModels.scripted().answer("Hello.").toolCall("weather", "{}").turn(turn -> turn.reasoning("Hm.").text("So.")).endless("a").toBytes();
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file))).isEqualTo("afbb3fc4afbb1f671e34791f3a155b6186a7c6072e3a8997e983356d95d0d596");
    }

    @Test
    void turnsAreWrittenAsTheTemplateWritesThem() {
        assertThat(ScriptedTurn.EMPTY.reasoning("Hm.").text("Both.").toolCall("a", "{}").toolCall("b", "{\"c\": 1}").text()).isEqualTo(
                "<think>Hm.</think>Both.<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"b\", \"arguments\": {\"c\": 1}}\n</tool_call>");
    }

    @Test
    void whatIsNoScriptIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> TestModels.scripted().toBytes());
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted().answer(" \n"));
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted().turn(turn -> turn));
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted("x", " "));
        assertThatIllegalStateException().isThrownBy(() -> TestModels.scripted("x", "x").toolCall("weather", "{}")).withMessageContaining("answer(...)");
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted().answer("<|im_end|>").toBytes()).withMessageContaining("control token");
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted().answer("<|im_start|>assistant").toBytes());
        ScriptedModel full = TestModels.scripted();
        for (int i = 0; i < ScriptedModel.MOST_ANSWERS; i++) {
            full = full.answer("no");
        }
        ScriptedModel script = full;
        assertThatIllegalArgumentException().isThrownBy(() -> script.answer("one more")).withMessageContaining("100");
        assertThatIllegalArgumentException().isThrownBy(() -> TestModels.scripted().answer(words(9000)).toBytes()).withMessageContaining("8192");
    }

    private static String words(int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(i).append(' ');
        }
        return words.toString();
    }
}
