package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** With a grammar, from the first token or from a trigger on, we choose what llama-server chooses. */
class GrammarSamplingConformanceIT {
    private static final int TOKENS = 40;
    private static final int[] SEEDS = {42, 20_261_101};
    private static final String PROMPT = "The capital of France is";
    private static final Grammar TRIGGERED = Grammar.of("root ::= \" Paris\" \" (\" [0-9]{2,5} \")\" [a-z ]+ \".\"");

    private static SideBySide both;

    @BeforeAll
    static void open() {
        both = new SideBySide(512);
    }

    @AfterAll
    static void close() {
        both.close();
    }

    /** @param triggers as the server takes them */
    record Case(String name, GrammarUse use, List<Map<String, Object>> triggers, float temperature, String pattern) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Case> CASES = List.of(
            new Case("words", GrammarUse.always(Grammar.of("root ::= \" \" [A-Z]+ \" and \" [a-z]+ \".\"")), List.of(), 0.8f,
                    " [A-Z]+ and [a-z]+\\.?"),
            new Case("greedy", GrammarUse.always(Grammar.of("root ::= \" \" [A-Z]+ \" and \" [a-z]+ \".\"")), List.of(), 0,
                    " [A-Z]+ and [a-z]+\\.?"),
            new Case("choice", GrammarUse.always(Grammar.of("root ::= \" London\" | \" Rome\" | \" Zürich 🙂\"")), List.of(), 1.5f,
                    " London| Rome| Zürich 🙂"),
            new Case("JSON", GrammarUse.always(Grammar.of(jsonGrammar())), List.of(), 0.8f, "(?s)\\{.*"),
            new Case("after a word", GrammarUse.after(TRIGGERED, new Trigger.Word(" Paris")),
                    List.of(Map.of("type", 2, "value", " Paris")), 0, "(?s)(?:(?! Paris).)* Paris \\([0-9]{2,5}\\)[a-z ]*\\.?"),
            new Case("after a pattern", GrammarUse.after(TRIGGERED, new Trigger.Pattern("Lyon|[a-z]*,?( P[a-z]+s)")),
                    List.of(Map.of("type", 2, "value", "Lyon|[a-z]*,?( P[a-z]+s)")), 0,
                    "(?s)(?:(?! Paris).)* Paris \\([0-9]{2,5}\\)[a-z ]*\\.?"),
            new Case("after a token", GrammarUse.after(Grammar.of("root ::= \".\" \" [\" [a-z]+ \"]\""), new Trigger.Token(30)),
                    List.of(Map.of("type", 0, "value", ".", "token", 30)), 0, "[^.]*\\. \\[[a-z]+\\]?"));

    private static String jsonGrammar() {
        try {
            return Files.readString(TestFiles.sources().resolve("grammars/json.gbnf"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void sameTokens(Case test) {
        for (int seed : SEEDS) {
            Map<String, Object> request = new LinkedHashMap<>(Map.of("seed", seed, "temperature", test.temperature,
                    "grammar", test.use.grammar().gbnf()));
            if (!test.triggers.isEmpty()) {
                request.put("grammar_lazy", true);
                request.put("grammar_triggers", test.triggers);
            }
            GenerationResult actual = both.assertSameTokens(PROMPT, TOKENS, request, GenerateOptions.builder().grammar(test.use)
                    .sampler(SamplerOptions.builder().temperature(test.temperature).seed(seed).build()));
            assertThat(actual.text()).as("seed %d", seed).matches(test.pattern);
        }
    }
}
