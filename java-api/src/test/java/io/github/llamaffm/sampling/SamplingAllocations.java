package io.github.llamaffm.sampling;

import com.sun.management.ThreadMXBean;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.GrammarRule;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.LogitBias;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.MirostatV2;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.TemperatureExt;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopNSigma;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Typical;
import io.github.llamaffm.SamplerSpec.Xtc;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Prints what the thread's own counter says of sample 2,001 to 10,000 of several chains: a number, then the chain, a line. */
final class SamplingAllocations {
    private static final int WARM = 2_000;
    private static final int END = 10_000;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SamplingAllocations() {
    }

    /** Uses all that candidates offer; a primitive state of its own. */
    private static final class Everything implements CandidateSampler {
        private final boolean last;
        private int accepted;

        Everything(boolean last) {
            this.last = last;
        }

        @Override
        public void apply(Candidates candidates) {
            for (int i = 0; i < candidates.size(); i++) {
                if (candidates.token(i) == accepted) {
                    candidates.logit(i, candidates.logit(i) - 1);
                }
            }
            candidates.remove(candidates.size() - 1);
            if (!candidates.isSorted()) {
                candidates.sort();
            }
            candidates.truncate(Math.min(20, candidates.size()));
            if (last) {
                candidates.select(candidates.size() / 2);
            }
        }

        @Override
        public void accept(int token) {
            accepted = token;
        }
    }

    private record Case(String name, SamplerOptions options) {
    }

    private static final List<Case> CASES = List.of(
            new Case("greedy", SamplerOptions.greedy()),
            new Case("default", SamplerOptions.defaults()),
            new Case("all filters", SamplerOptions.of(new LogitBias(Map.of(5, 1f)), new TopK(100), new Penalties(64, 1.1f, 0.1f, 0.1f),
                    new Dry(0.8f, 1.75f, 2, 64, List.of("\n")), new TopNSigma(3), new Typical(0.9f, 0), new TopP(0.9f, 0),
                    new MinP(0.01f, 0), new Xtc(0.5f, 0.1f, 0, OptionalInt.empty()), new TemperatureExt(0.8f, 0.2f, 1),
                    new Dist(OptionalInt.empty()))),
            new Case("mirostat", SamplerOptions.of(new TopK(500), new MirostatV2(5, 0.1f, OptionalInt.empty()))),
            new Case("grammar", SamplerOptions.of(new TopK(60),
                    new GrammarRule(GrammarUse.always(Grammar.of("root ::= [ -w]*"))), new Dist(OptionalInt.empty()))),
            new Case("Java in the middle", SamplerOptions.of(
                    new TopK(40), new Custom(() -> new Everything(false)), new Dist(OptionalInt.empty()))),
            new Case("Java at the end", SamplerOptions.of(new TopK(40), new Custom(() -> new Everything(true)))),
            new Case("Java twice", SamplerOptions.of(new TopK(40), new Custom(() -> new Everything(false)),
                    new Custom(() -> new Everything(false)), new Greedy())));

    public static void main(String[] arguments) {
        try (Row row = new Row("The capital of France is")) {
            for (Case test : CASES) {
                try (Sampler sampler = row.model.newSampler(test.options)) {
                    row.sample(sampler, WARM);
                    long before = THREAD.getCurrentThreadAllocatedBytes();
                    for (int i = WARM; i < END; i++) {
                        row.sample(sampler);
                    }
                    long bytes = THREAD.getCurrentThreadAllocatedBytes() - before;
                    System.out.println(bytes + " " + test.name + ", seed " + sampler.seed());
                }
            }
        }
    }
}
