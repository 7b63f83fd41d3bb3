package io.github.llamaffm.leaks;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Sampler chains, with and without grammars. */
final class SamplerRounds {

    private SamplerRounds() {}

    /** One that is written in Java. */
    private record Nothing() implements CandidateSampler {
        @Override
        public void apply(Candidates candidates) {}

        @Override
        public CandidateSampler copy() {
            return this;
        }
    }

    static Round chain(Fixture fixture) {
        return of(fixture, List.of(
                SamplerOptions.defaults(),
                SamplerOptions.builder().penalties(64, 1.1f, 0.1f, 0.1f).dry(0.8f).topNSigma(2).typical(0.9f).xtc(0.1f, 0.1f)
                        .logitBias(Map.of(3, 1f, 4, -1f)).dynamicTemperature(0.2f, 1).build(),
                SamplerOptions.builder().mirostat(5, 0.1f).build(),
                SamplerOptions.of(new SamplerSpec.MirostatV2(5, 0.1f, OptionalInt.empty())),
                SamplerOptions.builder().adaptiveP(0.5f, 0.9f).build(),
                SamplerOptions.of(new SamplerSpec.NoEnd(), new SamplerSpec.Infill(), new SamplerSpec.Custom(Nothing::new),
                        new SamplerSpec.Greedy())));
    }

    static Round grammar(Fixture fixture) {
        StringBuilder many = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 40; i++) {
            many.append("r%d ::= \"a\" r%d | [b-z]\n".formatted(i, i + 1));
        }
        many.append("r40 ::= \"end\"\n");
        Grammar small = Grammar.of("root ::= [a-z ]+");
        // Parsed on a thread with a large stack.
        Grammar large = Grammar.of(many.toString());
        return of(fixture, List.of(
                with(GrammarUse.always(small)),
                with(GrammarUse.always(large)),
                with(GrammarUse.after(small, new GrammarUse.Trigger.Word("go"), new GrammarUse.Trigger.Token(5))),
                with(GrammarUse.after(large, new GrammarUse.Trigger.Pattern("go+")))));
    }

    private static SamplerOptions with(GrammarUse use) {
        return SamplerOptions.of(new SamplerSpec.GrammarRule(use), new SamplerSpec.Greedy());
    }

    private static Round of(Fixture fixture, List<SamplerOptions> options) {
        Model model = Model.load(fixture.model());
        return new Round() {
            @Override
            public void run(int number) {
                try (Sampler sampler = fixture.watch(model.newSampler(options.get(number % options.size())))) {
                    fixture.watch(sampler.copy()).close();
                    sampler.accept(3, 4);
                    sampler.reset();
                }
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }
}
