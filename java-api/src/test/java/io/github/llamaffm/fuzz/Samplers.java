package io.github.llamaffm.fuzz;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Context;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** Chains of samplers, those written in Java among them. */
final class Samplers {

    private Samplers() {}

    @Operation(weight = 8)
    static void open(Player p) {
        Values.readAll(openOne(p, Models.any(p)));
    }

    private static Sampler openOne(Player p, Model model) {
        return p.keep(Kind.SAMPLER, model.newSampler(p.orNull(p.arg("options", options(p, model)))), model);
    }

    static Sampler of(Player p, Model model) {
        return p.pickOrMake(Kind.SAMPLER, model, () -> openOne(p, model));
    }

    @Operation(weight = 12)
    static void sample(Player p) {
        Context context = Contexts.any(p);
        Sampler sampler = of(p, context.model());
        Values.readAll(sampler.sample(p.orNull(context), p.arg("row", p.number(0, 2))));
    }

    @Operation(weight = 5)
    static void candidates(Player p) {
        Context context = Contexts.any(p);
        Sampler sampler = of(p, context.model());
        Values.readAll(sampler.candidates(context, p.arg("row", p.number(0, 2)), p.arg("most", p.number(1, 10))));
    }

    @Operation(weight = 4)
    static void accept(Player p) {
        of(p, Models.any(p)).accept(p.orNull(p.arg("tokens", p.tokens(Models.any(p)))));
    }

    @Operation(weight = 3)
    static void reset(Player p) {
        of(p, Models.any(p)).reset();
    }

    @Operation(weight = 4, mayThrow = UnsupportedOperationException.class)
    static void copy(Player p) {
        Sampler sampler = of(p, Models.any(p));
        p.keep(Kind.SAMPLER, sampler.copy(), p.world().owner(sampler).orElse(null));
    }

    @Operation(weight = 2)
    static void ask(Player p) {
        Sampler sampler = of(p, Models.any(p));
        Values.readAll(sampler.options(), sampler.seed(), sampler.options().specs().getLast().selects());
    }

    @Operation(weight = 5)
    static void close(Player p) {
        Sampler sampler = of(p, Models.any(p));
        sampler.close();
        p.closed(sampler);
    }

    /** What was seen by a sampler is not valid any more. */
    @Operation(weight = 2, mayThrow = IndexOutOfBoundsException.class)
    static void useLateCandidates(Player p) {
        Candidates candidates = p.pick(Kind.CANDIDATES);
        edit(candidates, p.random(), p.arg("way", p.below(9)));
    }

    static SamplerOptions options(Player p, Model model) {
        if (p.chance(25)) {
            return p.chance(70) ? SamplerOptions.greedy() : SamplerOptions.defaults();
        }
        if (p.chance(35)) {
            return built(p, model);
        }
        List<SamplerSpec> specs = new ArrayList<>();
        for (int i = p.below(4); i > 0; i--) {
            specs.add(link(p, model));
        }
        specs.add(switch (p.below(7)) {
            case 0 -> new SamplerSpec.Greedy();
            case 1 -> new SamplerSpec.Mirostat(p.real(0, 10), p.real(0, 1), p.number(1, 100), seed(p));
            case 2 -> new SamplerSpec.MirostatV2(p.real(0, 10), p.real(0, 1), seed(p));
            case 3 -> new SamplerSpec.AdaptiveP(p.real(0, 1), p.real(0, 0.99f), seed(p));
            case 4 -> custom(p);
            default -> new SamplerSpec.Dist(seed(p));
        });
        return p.chance(50) ? new SamplerOptions(specs) : SamplerOptions.of(specs.toArray(SamplerSpec[]::new));
    }

    private static OptionalInt seed(Player p) {
        return p.chance(30) ? OptionalInt.empty() : OptionalInt.of(p.number(1, 1000));
    }

    private static SamplerSpec link(Player p, Model model) {
        return switch (p.below(16)) {
            case 0 -> new SamplerSpec.TopK(p.number(0, 40));
            case 1 -> new SamplerSpec.TopP(p.real(0, 1), p.number(0, 2));
            case 2 -> new SamplerSpec.MinP(p.real(0, 1), p.number(0, 2));
            case 3 -> new SamplerSpec.Temperature(p.real(0.1f, 2));
            case 4 -> new SamplerSpec.TemperatureExt(p.real(0.1f, 2), p.real(0, 1), p.real(0, 2));
            case 5 -> new SamplerSpec.Penalties(p.number(0, 64), p.real(0.5f, 2), p.real(-1, 1), p.real(-1, 1));
            case 6 -> new SamplerSpec.Typical(p.real(0, 1), p.number(0, 2));
            case 7 -> new SamplerSpec.Xtc(p.real(0, 1), p.real(0, 1), p.number(0, 2), seed(p));
            case 8 -> new SamplerSpec.TopNSigma(p.real(0, 3));
            case 9 -> new SamplerSpec.Dry(p.real(0, 2), p.real(1, 3), p.number(0, 4), p.number(0, 64),
                    p.one(SamplerSpec.Dry.DEFAULT_BREAKERS, List.of("x"), List.of(p.text())));
            case 10 -> new SamplerSpec.LogitBias(Map.of(p.token(model), p.one(1f, -1f, Float.NEGATIVE_INFINITY, p.real(-5, 5))));
            case 11 -> new SamplerSpec.NoEnd();
            case 12 -> new SamplerSpec.Infill();
            case 13 -> p.find(Kind.GRAMMAR, null)
                    .<SamplerSpec>map(grammar -> new SamplerSpec.GrammarRule(Grammars.use(p, model, grammar)))
                    .orElseGet(SamplerSpec.NoEnd::new);
            case 14 -> custom(p);
            default -> p.one(new SamplerSpec.TopK(1), new SamplerSpec.Greedy(), new SamplerSpec.Dist(OptionalInt.of(1)));
        };
    }

    private static SamplerOptions built(Player p, Model model) {
        SamplerOptions.Builder builder = p.chance(30) ? SamplerOptions.builder(model.info()) : SamplerOptions.builder();
        for (int i = p.below(6); i > 0; i--) {
            switch (p.below(19)) {
                case 0 -> builder.seed(p.number(0, 99));
                case 1 -> builder.topNSigma(p.real(0, 3));
                case 2 -> builder.typical(p.real(0, 1));
                case 3 -> builder.noEnd(p.chance(50));
                case 4 -> builder.xtc(p.real(0, 1), p.real(0, 1));
                case 5 -> builder.penalties(p.number(0, 64), p.real(0.5f, 2), p.real(-1, 1), p.real(-1, 1));
                case 6 -> builder.mirostat(p.real(0, 10), p.real(0, 1));
                case 7 -> builder.mirostatV2(p.real(0, 10), p.real(0, 1));
                case 8 -> builder.temperature(p.real(0, 2));
                case 9 -> builder.minP(p.real(0, 1));
                case 10 -> builder.topP(p.real(0, 1));
                case 11 -> builder.topK(p.number(0, 40));
                case 12 -> builder.dry(p.real(0, 2));
                case 13 -> builder.dry(new SamplerSpec.Dry(1, 2, 1, 32, List.of("\n")));
                case 14 -> builder.minKeep(p.number(0, 3));
                case 15 -> builder.infill(p.chance(50));
                case 16 -> builder.logitBias(Map.of(p.token(model), p.real(-5, 5)));
                case 17 -> builder.dynamicTemperature(p.real(0, 1), p.real(0, 2));
                default -> builder.adaptiveP(p.real(0, 1), p.real(0, 0.99f));
            }
        }
        return builder.build();
    }

    /** Does one thing at one of its calls, as its own random numbers say. */
    private static SamplerSpec custom(Player p) {
        int at = p.below(5);
        int way = p.arg("custom", p.below(22));
        long seed = p.random().nextLong();
        Disturber disturber = Disturber.of(p);
        return new SamplerSpec.Custom(() -> new Own(p, way, at, new Random(seed), disturber));
    }

    static final class Own implements CandidateSampler {
        private final Player p;
        private final int way;
        private final int at;
        private final Random random;
        private final Disturber disturber;
        private int calls;

        private Own(Player p, int way, int at, Random random, Disturber disturber) {
            this.p = p;
            this.way = way;
            this.at = at;
            this.random = random;
            this.disturber = disturber;
        }

        @Override
        public void apply(Candidates candidates) {
            if (way < 9) {
                edit(candidates, random, way);
            } else if (calls++ == at) {
                switch (way) {
                    case 9 -> throw new Thrown("apply");
                    case 10 -> p.keepCandidates(candidates);
                    case 11, 12, 13, 14 -> disturber.disturb(way - 11);
                    case 15 -> candidates.truncate(0);
                    case 16 -> Thread.currentThread().interrupt();
                    default -> { }
                }
            }
        }

        @Override
        public void accept(int token) {
            if (way == 17 && calls++ == at) {
                throw new Thrown("accept");
            }
        }

        @Override
        public void reset() {
            if (way == 18) {
                throw new Thrown("reset");
            }
        }

        @Override
        public CandidateSampler copy() {
            return switch (way) {
                case 19 -> throw new Thrown("copy");
                case 20 -> CandidateSampler.super.copy();
                default -> new Own(p, way, at, random, disturber);
            };
        }
    }

    private static void edit(Candidates candidates, Random random, int way) {
        int size = candidates.size();
        int index = random.nextInt(Math.max(1, size));
        switch (way) {
            case 0 -> candidates.select(index);
            case 1 -> candidates.sort();
            case 2 -> candidates.remove(index);
            case 3 -> candidates.truncate(1 + random.nextInt(Math.max(1, size)));
            case 4 -> candidates.logit(index, random.nextFloat() * 10);
            case 5 -> candidates.logit(index, Float.NEGATIVE_INFINITY);
            case 6 -> candidates.logit(index, candidates.isSorted() ? Float.NaN : candidates.logit(index));
            case 7 -> candidates.logit(index, candidates.token(index) % 50 == 3 ? Float.POSITIVE_INFINITY : 1);
            default -> candidates.remove(random.nextInt(50) == 0 ? size : index);
        }
    }
}
