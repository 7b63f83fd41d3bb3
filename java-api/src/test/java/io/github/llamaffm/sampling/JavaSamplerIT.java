package io.github.llamaffm.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Candidate;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Xtc;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Samplers that are written in Java, alone and between native ones. */
class JavaSamplerIT {
    private static final OptionalInt SEED = OptionalInt.of(20_261_101);

    private static Row row;

    @BeforeAll
    static void open() {
        row = new Row("The capital of France is");
    }

    @AfterAll
    static void close() {
        row.close();
    }

    private static Custom custom(CandidateSampler sampler) {
        return new Custom(() -> sampler);
    }

    private static void topK(Candidates candidates, int k) {
        candidates.sort();
        candidates.truncate(Math.min(k, candidates.size()));
    }

    private static void divide(Candidates candidates, float temperature) {
        for (int i = 0; i < candidates.size(); i++) {
            candidates.logit(i, candidates.logit(i) / temperature);
        }
    }

    private static void selectBest(Candidates candidates) {
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            if (candidates.logit(i) > candidates.logit(best)) {
                best = i;
            }
        }
        candidates.select(best);
    }

    /** A chain with Java links, and the native one that does the same. */
    record Twin(String name, List<SamplerSpec> java, List<SamplerSpec> natives) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Twin> TWINS = List.of(
            new Twin("first", List.of(custom(it -> topK(it, 7)), new Dist(SEED)), List.of(new TopK(7), new Dist(SEED))),
            new Twin("in the middle", List.of(new TopK(50), custom(it -> divide(it, 1.5f)), new TopP(0.9f, 0), new Dist(SEED)),
                    List.of(new TopK(50), new Temperature(1.5f), new TopP(0.9f, 0), new Dist(SEED))),
            new Twin("two in a row", List.of(custom(it -> topK(it, 40)), custom(it -> divide(it, 2)), new Dist(SEED)),
                    List.of(new TopK(40), new Temperature(2), new Dist(SEED))),
            new Twin("behind one that moves the array", List.of(new Xtc(1, 0.01f, 0, SEED), custom(it -> topK(it, 9)), new Dist(SEED)),
                    List.of(new Xtc(1, 0.01f, 0, SEED), new TopK(9), new Dist(SEED))),
            new Twin("last", List.of(new TopK(30), custom(JavaSamplerIT::selectBest)), List.of(new TopK(30), new Greedy())),
            new Twin("alone", List.of(custom(JavaSamplerIT::selectBest)), List.of(new Greedy())));

    @ParameterizedTest
    @FieldSource("TWINS")
    void choosesWhatItsNativeTwinChooses(Twin twin) {
        int[] expected = row.sample(30, twin.natives.toArray(SamplerSpec[]::new));
        assertThat(row.sample(30, twin.java.toArray(SamplerSpec[]::new))).containsExactly(expected);

        var options = GenerateOptions.builder().maxTokens(16).grammar(Grammar.of("root ::= \" \" [A-Z] [a-z]+ [ .,a-z]*"));
        try (Context context = row.model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation natives = context.generate("I live in", options.sampler(new SamplerOptions(twin.natives)).build())) {
            assertThat(natives.result().text()).matches(" [A-Z][a-z]+[ .,a-z]*");
            try (Generation java = context.generate("I live in", options.sampler(new SamplerOptions(twin.java)).build())) {
                assertThat(java.result().tokens()).as("with a grammar").containsExactly(natives.result().tokens());
            }
        }
    }

    @Test
    void seesTheVocabularyInOrderAndEditsInPlace() {
        List<Integer> sizes = new ArrayList<>();
        Custom first = custom(candidates -> {
            assertThat(candidates.size()).isEqualTo(row.model.tokenizer().size());
            assertThat(candidates.isSorted()).isFalse();
            for (int i = 0; i < candidates.size(); i += 1000) {
                assertThat(candidates.token(i)).isEqualTo(i);
            }
            candidates.remove(10);
            assertThat(candidates.token(10)).isEqualTo(row.model.tokenizer().size() - 1);
            candidates.truncate(100);
            candidates.sort();
            assertThat(candidates.isSorted()).isTrue();
            for (int i = 1; i < 100; i++) {
                assertThat(candidates.logit(i)).isLessThanOrEqualTo(candidates.logit(i - 1));
            }
            candidates.remove(99);
            assertThat(candidates.isSorted()).isTrue();
            candidates.logit(98, 77);
            assertThat(candidates.isSorted()).isFalse();
            sizes.add(candidates.token(98));
        });
        Custom second = custom(candidates -> {
            assertThat(candidates.size()).isEqualTo(99);
            assertThat(candidates.logit(98)).isEqualTo(77);
        });
        assertThat(row.sample(1, first, second, new Greedy())).containsExactly(sizes.getFirst());
    }

    @Test
    void isToldWhatWasAcceptedAndReset() {
        class Recorder implements CandidateSampler {
            final List<Integer> accepted = new ArrayList<>();

            @Override
            public void apply(Candidates candidates) {
                // The token that came last is not taken again.
                for (int i = 0; !accepted.isEmpty() && i < candidates.size(); i++) {
                    if (candidates.token(i) == accepted.getLast()) {
                        candidates.logit(i, Float.NEGATIVE_INFINITY);
                    }
                }
            }

            @Override
            public void accept(int token) {
                accepted.add(token);
            }

            @Override
            public void reset() {
                accepted.clear();
            }

            @Override
            public CandidateSampler copy() {
                Recorder copy = new Recorder();
                copy.accepted.addAll(accepted);
                return copy;
            }
        }
        List<Recorder> made = new ArrayList<>();
        Custom spec = new Custom(() -> {
            made.add(new Recorder());
            return made.getLast();
        });
        try (Sampler sampler = row.sampler(spec, new Greedy()); Sampler other = row.sampler(spec, new Greedy())) {
            assertThat(made).as("each chain has its own").hasSize(2);
            sampler.accept(1, 2);
            int[] tokens = row.sample(sampler, 3);
            assertThat(tokens[1]).isNotEqualTo(tokens[0]);
            assertThat(tokens[2]).isEqualTo(tokens[0]);
            assertThat(made.getFirst().accepted).containsExactly(1, 2, tokens[0], tokens[1], tokens[2]);
            assertThat(made.getLast().accepted).isEmpty();
            try (Sampler copy = sampler.copy()) {
                assertThat(row.sample(copy)).isEqualTo(tokens[1]);
            }
            sampler.reset();
            assertThat(made.getFirst().accepted).isEmpty();
        }
    }

    @Test
    void whatItThrowsArrivesAndTheChainGoesOn() {
        RuntimeException failure = new IllegalCallerException("of the test");
        int[] calls = {0};
        Custom failing = custom(candidates -> {
            if (++calls[0] == 3) {
                throw failure;
            }
        });
        int[] expected = row.sample(5, new TopK(30), new Dist(SEED));
        try (Sampler sampler = row.sampler(new TopK(30), failing, new Dist(SEED))) {
            assertThat(row.sample(sampler, 2)).containsExactly(expected[0], expected[1]);
            assertThatExceptionOfType(IllegalCallerException.class).isThrownBy(() -> row.sample(sampler)).isSameAs(failure);
            assertThat(row.sample(sampler, 3)).containsExactly(expected[2], expected[3], expected[4]);
        }
    }

    @Test
    void worksForVirtualThreads() throws InterruptedException, ExecutionException {
        try (Sampler sampler = row.sampler(new TopK(7), custom(it -> divide(it, 1.2f)), new Dist(SEED))) {
            int[] expected = row.sample(sampler, 8);
            sampler.reset();
            FutureTask<int[]> task = new FutureTask<>(() -> row.sample(sampler, 8));
            Thread.ofVirtual().start(task);
            assertThat(task.get()).containsExactly(expected);
        }
    }

    @Test
    void isSeenByCandidates() {
        try (Sampler sampler = row.sampler(custom(it -> topK(it, 4)), custom(it -> it.remove(0)), new Dist(SEED));
                Sampler own = row.sampler(new Greedy())) {
            assertThat(sampler.candidates(row.context, row.row, 9)).extracting(Candidate::token)
                    .containsExactlyElementsOf(own.candidates(row.context, row.row, 4).stream().skip(1).map(Candidate::token).toList());
        }
    }

    /** What a sampler must not do, with the middle one of a chain and with the last one. */
    static final List<Consumer<Candidates>> WRONG_INDICES = List.of(
            it -> it.token(-1), it -> it.token(it.size()), it -> it.logit(it.size()), it -> it.logit(-1, 0),
            it -> it.logit(Integer.MAX_VALUE, 0), it -> it.remove(it.size()), it -> it.truncate(-1),
            it -> it.truncate(it.size() + 1), it -> it.select(it.size()), it -> it.select(-1));

    @ParameterizedTest
    @FieldSource("WRONG_INDICES")
    void refusesIndicesThatAreNotThere(Consumer<Candidates> wrong) {
        try (Sampler sampler = row.sampler(new TopK(5), custom(wrong::accept))) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> row.sample(sampler));
        }
    }

    @Test
    void refusesLogitsThatAreNoNumbers() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            try (Sampler sampler = row.sampler(custom(it -> it.logit(0, wrong)), new Greedy())) {
                assertThatIllegalArgumentException().isThrownBy(() -> row.sample(sampler));
            }
        }
    }

    @Test
    void onlyTheLastOneSelectsAndItMust() {
        try (Sampler middle = row.sampler(custom(it -> it.select(0)), new Greedy());
                Sampler silent = row.sampler(custom(it -> {}));
                Sampler undone = row.sampler(custom(it -> {
                    it.select(3);
                    it.sort();
                }));
                Sampler empty = row.sampler(custom(it -> it.truncate(0)), new Dist(SEED))) {
            assertThatIllegalStateException().isThrownBy(() -> row.sample(middle));
            for (Sampler nothing : List.of(silent, undone)) {
                assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(nothing))
                        .withMessageContaining("selected no candidate");
            }
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(empty))
                    .withMessageContaining("no candidate is left");
        }
    }

    @Test
    void candidatesEndWithTheCall() {
        Candidates[] kept = new Candidates[1];
        try (Sampler sampler = row.sampler(custom(it -> kept[0] = it), new Greedy())) {
            row.sample(sampler);
            for (Consumer<Candidates> use : List.<Consumer<Candidates>>of(it -> it.size(), it -> it.token(0), it -> it.logit(0),
                    it -> it.logit(0, 1), it -> it.remove(0), it -> it.truncate(0), it -> it.sort(), it -> it.isSorted(), it -> it.select(0))) {
                assertThatIllegalStateException().isThrownBy(() -> use.accept(kept[0]));
            }
        }
        assertThatIllegalStateException().isThrownBy(() -> kept[0].token(0));
        assertThatIllegalStateException().isThrownBy(() -> kept[0].sort());
    }

    @Test
    void cannotUseItsOwnChain() {
        Sampler[] own = new Sampler[1];
        List<Runnable> uses = List.of(() -> row.sample(own[0]), () -> own[0].accept(1), () -> own[0].reset(),
                () -> own[0].copy(), () -> own[0].candidates(row.context, row.row, 1), () -> own[0].close());
        for (Runnable use : uses) {
            try (Sampler sampler = row.sampler(custom(_ -> use.run()), new Greedy())) {
                own[0] = sampler;
                assertThatIllegalStateException().isThrownBy(() -> row.sample(sampler));
            }
        }
    }

    /** The candidates lie in the memory of the chain, which ends with the generation. */
    @Test
    void cannotEndItsOwnGeneration() {
        try (Context context = row.context.model().newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Sequence sequence = context.newSequence()) {
            Generation[] own = new Generation[1];
            List<Runnable> ends = List.of(() -> sequence.append(1), sequence::close, sequence::keepOnly,
                    () -> sequence.generate("x", GenerateOptions.defaults()), context::saveState);
            for (Runnable end : ends) {
                own[0] = sequence.generate("The capital", options(candidates -> {
                    assertThatIllegalStateException().isThrownBy(end::run).withMessageContaining("cancel");
                    candidates.logit(0, 1);
                    candidates.remove(1);
                }));
                own[0].result();
            }
            own[0] = sequence.generate("The capital", options(candidates -> {
                own[0].close();
                candidates.remove(1);
                candidates.logit(0, 1);
            }));
            assertThat(own[0].result().reason()).isEqualTo(FinishReason.CANCELLED);
            own[0].close();
        }
    }

    private static GenerateOptions options(CandidateSampler sampler) {
        return GenerateOptions.builder().maxTokens(3)
                .sampler(SamplerOptions.of(custom(sampler), new Greedy())).build();
    }

    @Test
    void aCopyNeedsOneOfEachLink() {
        try (Sampler sampler = row.sampler(custom(it -> topK(it, 3)), new Greedy())) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(sampler::copy)
                    .withMessageContaining("override copy()");
            row.sample(sampler);
        }
    }

    /** On a virtual thread a chain runs on a thread of the context, which is nobody else. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mayUseItsOwnContextButNotCloseIt(boolean virtual) throws Exception {
        try (Context context = row.model.newContext(ContextOptions.builder().contextSize(64).maxSequences(2).build())) {
            List<String> said = new ArrayList<>();
            CandidateSampler nosy = candidates -> {
                said.add("sequence of " + context.newSequence().length());
                try {
                    context.close();
                } catch (IllegalStateException e) {
                    said.add(e.getMessage());
                }
            };
            GenerateOptions options = GenerateOptions.builder()
                    .maxTokens(1)
                    .sampler(SamplerOptions.of(custom(nosy), new Greedy()))
                    .build();
            FutureTask<FinishReason> task = new FutureTask<>(() -> {
                try (Generation generation = context.generate("Hello", options)) {
                    return generation.result().reason();
                }
            });
            (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
            assertThat(task.get(1, TimeUnit.MINUTES)).isEqualTo(FinishReason.LENGTH);
            assertThat(said).containsExactly("sequence of 0", "the context cannot be closed from inside a call of it");
        }
    }
}
