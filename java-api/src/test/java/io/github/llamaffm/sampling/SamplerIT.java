package io.github.llamaffm.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Candidate;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarException;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplerSpec.AdaptiveP;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.GrammarRule;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.Infill;
import io.github.llamaffm.SamplerSpec.LogitBias;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Mirostat;
import io.github.llamaffm.SamplerSpec.MirostatV2;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TemperatureExt;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopNSigma;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Typical;
import io.github.llamaffm.SamplerSpec.Xtc;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.support.TestFiles;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerIT {
    private static final OptionalInt NONE = OptionalInt.empty();
    private static final Grammar WORDS = Grammar.of("root ::= ([a-z]+ \" \")+ \".\"");

    private static Row row;

    @BeforeAll
    static void open() {
        row = new Row("The capital of France is");
    }

    @AfterAll
    static void close() {
        row.close();
    }

    /** Each kind of state that a link can have. */
    static final List<List<SamplerSpec>> STATES = List.of(
            List.of(new Dist(NONE)),
            List.of(new Penalties(16, 1.5f, 0.4f, 0.2f), new Dist(NONE)),
            List.of(new Dry(4, 1.75f, 0, 32, Dry.DEFAULT_BREAKERS), new Temperature(2), new Dist(NONE)),
            List.of(new Xtc(0.5f, 0.02f, 0, NONE), new Dist(NONE)),
            List.of(new Mirostat(4, 0.3f, 100, NONE)),
            List.of(new MirostatV2(4, 0.3f, NONE)),
            List.of(new AdaptiveP(0.2f, 0.9f, NONE)),
            List.of(new TopK(1), new AdaptiveP(0.2f, 0.9f, NONE)),
            List.of(new GrammarRule(GrammarUse.always(WORDS)), new Dist(NONE)),
            List.of(new GrammarRule(GrammarUse.after(WORDS, new Trigger.Word("b"), new Trigger.Pattern("x|(a)"))),
                    new TopK(2000), new Temperature(1.5f), new LogitBias(Map.of(99, 9f, 100, 8f)), new Dist(NONE)),
            List.of(new LogitBias(Map.of(260, 2f)), new Penalties(64, 1.1f, 0, 0), new TopNSigma(3), new TopK(300),
                    new Typical(0.99f, 1), new TopP(0.98f, 1), new MinP(0.001f, 1), new Xtc(0.3f, 0.05f, 1, NONE),
                    new TemperatureExt(1.2f, 0.4f, 1), new Dist(NONE)));

    @ParameterizedTest
    @FieldSource("STATES")
    void aCopyGoesOnAsTheOriginal(List<SamplerSpec> specs) {
        try (Sampler original = row.sampler(specs.toArray(SamplerSpec[]::new))) {
            original.accept(260, 261, 260);
            row.sample(original, 7);
            try (Sampler copy = original.copy()) {
                assertThat(copy.seed()).isEqualTo(original.seed());
                int[] expected = row.sample(original, 20);
                assertThat(row.sample(copy, 20)).as("seed %s", original.seed()).containsExactly(expected);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("STATES")
    void aResetStartsAnew(List<SamplerSpec> specs) {
        try (Sampler sampler = row.sampler(specs.toArray(SamplerSpec[]::new))) {
            int[] first = row.sample(sampler, 20);
            sampler.reset();
            assertThat(row.sample(sampler, 20)).as("seed %s", sampler.seed()).containsExactly(first);
        }
    }

    @ParameterizedTest
    @FieldSource("STATES")
    void candidatesChangeNothing(List<SamplerSpec> specs) {
        try (Sampler asked = row.sampler(specs.toArray(SamplerSpec[]::new)); Sampler other = asked.copy()) {
            for (int i = 0; i < 12; i++) {
                asked.candidates(row.context, row.row, 5);
                assertThat(row.sample(asked)).as("token %d, seed %s", i, asked.seed()).isEqualTo(row.sample(other));
            }
        }
    }

    /** The seed that was drawn can be told, and gives the same tokens again; all links share it. */
    @Test
    void aDrawnSeedIsToldAndRepeats() {
        try (Sampler drawn = row.sampler(new Xtc(0.5f, 0.02f, 0, NONE), new Dist(NONE))) {
            OptionalInt seed = drawn.seed();
            assertThat(seed).isPresent();
            int[] tokens = row.sample(drawn, 20);
            assertThat(row.sample(20, new Xtc(0.5f, 0.02f, 0, seed), new Dist(seed))).as("seed %s", seed).containsExactly(tokens);
        }
        try (Sampler one = row.sampler(new Mirostat(5, 0.1f, 100, NONE)); Sampler two = row.sampler(new AdaptiveP(0.5f, 0.9f, NONE));
                Sampler given = row.sampler(new Xtc(0.5f, 0.02f, 0, OptionalInt.of(3)), new Dist(OptionalInt.of(4)));
                Sampler certain = row.sampler(new TopK(3), new Greedy())) {
            assertThat(one.seed()).isPresent();
            assertThat(two.seed()).isPresent().isNotEqualTo(one.seed());
            assertThat(given.seed()).hasValue(4);
            assertThat(certain.seed()).isEmpty();
        }
    }

    /** A chain of a single link leaves the model's own distribution. */
    @Test
    void candidatesAreTheModelsOwn() {
        try (Sampler sampler = row.sampler(new Greedy())) {
            List<Candidate> all = sampler.candidates(row.context, row.row, Integer.MAX_VALUE);
            assertThat(all).hasSize(row.model.tokenizer().size());
            assertThat(all.getFirst().token()).isEqualTo(row.sample(sampler));
            assertThat(all).isSortedAccordingTo((a, b) -> Float.compare(b.logit(), a.logit()));
            assertThat(all.stream().mapToDouble(it -> Math.exp(it.logProbability())).sum()).isCloseTo(1, within(1e-4));
            double sum = all.stream().mapToDouble(it -> Math.exp(it.logit())).sum();
            assertThat((double) all.get(40).logProbability()).isCloseTo(all.get(40).logit() - Math.log(sum), within(1e-4));
            assertThat(sampler.candidates(row.context, row.row, 3)).isEqualTo(all.subList(0, 3));
            assertThat(sampler.candidates(row.context, row.row, 0)).isEmpty();
        }
    }

    @Test
    void candidatesAreWhatTheChainLeaves() {
        try (Sampler own = row.sampler(new Greedy());
                Sampler chain = row.sampler(new TopK(5), new Temperature(0.5f), new Dist(NONE));
                Sampler frozen = row.sampler(new Temperature(0), new Dist(NONE))) {
            List<Candidate> best = own.candidates(row.context, row.row, 5);
            List<Candidate> left = chain.candidates(row.context, row.row, 99);
            assertThat(left).extracting(Candidate::token).containsExactlyElementsOf(best.stream().map(Candidate::token).toList());
            assertThat(left.getFirst().logit()).isEqualTo(best.getFirst().logit() / 0.5f);
            assertThat(left.stream().mapToDouble(it -> Math.exp(it.logProbability())).sum()).isCloseTo(1, within(1e-5));
            assertThat(frozen.candidates(row.context, row.row, 99))
                    .containsExactly(new Candidate(best.getFirst().token(), best.getFirst().logit(), 0));
        }
    }

    static Stream<List<SamplerSpec>> chainsThatChooseNothing() {
        return Stream.of(
                // The best five tokens after "France is" begin with a space.
                List.of(new TopK(5), new GrammarRule(GrammarUse.always(Grammar.of("root ::= \"Z\""))), new Dist(NONE)),
                List.of(new LogitBias(Map.of(7042, Float.NEGATIVE_INFINITY)), new TopK(1),
                        new SamplerSpec.Custom(() -> candidates -> candidates.logit(0, Float.NEGATIVE_INFINITY)), new Greedy()),
                List.of(new Infill(), new Dist(NONE)));
    }

    @ParameterizedTest
    @MethodSource("chainsThatChooseNothing")
    void sayWhyNothingCanBeChosenAndCanBeUsedOn(List<SamplerSpec> specs) {
        try (Sampler sampler = row.sampler(specs.toArray(SamplerSpec[]::new))) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(sampler))
                        .withMessageStartingWith("no token could be sampled: ")
                        .withMessageMatching("(?s).*(no candidate is left|put TopK before it).*");
            }
        }
        assertThat(row.sample(1, new Greedy())).isNotEmpty();
    }

    @Test
    void aGrammarIsNotToldOfThePrompt() {
        try (Sampler sampler = row.sampler(new GrammarRule(GrammarUse.always(Grammar.of("root ::= \"ab\" \"c\"+"))), new Greedy())) {
            sampler.accept(row.model.tokenizer().encode("nothing of this is allowed"));
            assertThat(row.model.tokenizer().decode(row.sample(sampler, 6))).startsWith("abcc");
            sampler.reset();
            assertThat(row.model.tokenizer().decode(row.sample(sampler, 6))).startsWith("abcc");
        }
    }

    /** A sampler that nobody has could not be closed, and the model not before it. */
    @Test
    void aPatternThatCannotBeCompiledLeavesNothingBehind() throws Exception {
        String deep = "(".repeat(20_000) + "x" + ")".repeat(20_000);
        SamplerOptions options = inThreadOf(64 << 20, () ->
                SamplerOptions.of(new GrammarRule(GrammarUse.after(WORDS, new Trigger.Pattern(deep))), new Greedy()));
        try (Model model = Model.load(TestFiles.model(), ModelOptions.builder().vocabularyOnly(true).build())) {
            FutureTask<Sampler> task = start(512 << 10, () -> model.newSampler(options));
            // What the JDK makes of a stack overflow.
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(task::get)
                    .withCauseInstanceOf(PatternSyntaxException.class);
        }
    }

    private static <T> T inThreadOf(int stackBytes, Callable<T> work) throws Exception {
        return start(stackBytes, work).get();
    }

    private static <T> FutureTask<T> start(int stackBytes, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(null, task, "stack of " + stackBytes, stackBytes).start();
        return task;
    }

    @Test
    void aGrammarMayGoOnBehindThePrompt() {
        GrammarUse use = GrammarUse.always(Grammar.of("root ::= \"ab\" \"c\"+"));
        try (Sampler sampler = row.sampler(new GrammarRule(use.behind("ab")), new Greedy()); Sampler copy = sampler.copy()) {
            assertThat(row.model.tokenizer().decode(row.sample(sampler, 6))).startsWith("cc");
            sampler.reset();
            assertThat(row.model.tokenizer().decode(row.sample(sampler, 6))).startsWith("cc");
            assertThat(row.model.tokenizer().decode(row.sample(copy, 6))).startsWith("cc");
        }
        assertThatThrownBy(() -> row.sampler(new GrammarRule(use.behind("ax")), new Greedy()))
                .hasMessageContaining("the grammar does not begin with what the prompt has of it: 'ax'");
        assertThatIllegalArgumentException().isThrownBy(() -> GrammarUse.after(use.grammar(), new Trigger.Word("b")).behind("ab"));
    }

    @Test
    void aGrammarThatDoesNotAllowItsTriggerSaysSo() {
        int b = row.model.tokenizer().encode("b")[0];
        GrammarUse use = GrammarUse.after(Grammar.of("root ::= \"x\""), new Trigger.Word("b"));
        try (Sampler sampler = row.sampler(new LogitBias(Map.of(b, 1000f)), new GrammarRule(use), new Greedy())) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(sampler))
                        .withMessageContaining("does not allow the text that triggered it: 'b'");
                assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(sampler))
                        .withMessageContaining("does not allow what was accepted before");
                sampler.reset();
            }
        }
    }

    @Test
    void refusesWhatTheVocabularyLacks() {
        int size = row.model.tokenizer().size();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row.sampler(new LogitBias(Map.of(size, 1f)), new Greedy()))
                .withMessageContaining("token " + size);
        assertThatIllegalArgumentException().isThrownBy(() -> row.sampler(
                new GrammarRule(GrammarUse.after(WORDS, new Trigger.Token(-1))), new Greedy()));
        assertThatExceptionOfType(GrammarException.class).isThrownBy(() -> row.sampler(
                new GrammarRule(GrammarUse.always(Grammar.of("root ::= <no such token>"))), new Greedy()));
        try (Model bert = Model.load(TestFiles.sources().resolve("models/ggml-vocab-bert-bge.gguf"),
                ModelOptions.builder().vocabularyOnly(true).build())) {
            if (bert.tokenizer().eos().isEmpty() && bert.tokenizer().eot().isEmpty()) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> bert.newSampler(SamplerOptions.of(new Infill(), new Greedy())))
                        .withMessageContaining("neither");
            }
        }
    }
}
