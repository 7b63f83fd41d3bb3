package io.github.llamaffm;

import io.github.llamaffm.SamplerSpec.AdaptiveP;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.GrammarRule;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.Infill;
import io.github.llamaffm.SamplerSpec.LogitBias;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Mirostat;
import io.github.llamaffm.SamplerSpec.MirostatV2;
import io.github.llamaffm.SamplerSpec.NoEnd;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TemperatureExt;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopNSigma;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Typical;
import io.github.llamaffm.SamplerSpec.Xtc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * How tokens are chosen: a chain of samplers, applied in order. A value: every generation builds its own natives from it. Tokens
 * that a model's vocabulary lists as suppressed are excluded before the chain, as llama.cpp's tools do.
 *
 * @param specs the chain; the last one selects a token and no other does
 */
public record SamplerOptions(List<SamplerSpec> specs) {

    private static final SamplerOptions DEFAULTS = builder().build();
    private static final SamplerOptions GREEDY = of(new Greedy());

    /** Checks the chain: llama.cpp aborts on one that selects nothing. */
    public SamplerOptions {
        specs = List.copyOf(specs);
        if (specs.isEmpty() || !(specs.getLast().selects() || specs.getLast() instanceof Custom)) {
            throw new IllegalArgumentException(
                    "a sampler chain ends with one that selects: Greedy, Dist, Mirostat, MirostatV2, AdaptiveP or Custom: " + specs);
        }
        if (specs.subList(0, specs.size() - 1).stream().anyMatch(SamplerSpec::selects)) {
            throw new IllegalArgumentException("only the last of a sampler chain selects a token: " + specs);
        }
        if (specs.stream().filter(GrammarRule.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("a sampler chain has at most one grammar: " + specs);
        }
    }

    /** The chain of llama.cpp's tools with their numbers: top-k 40, top-p 0.95, min-p 0.05, temperature 0.8, a random seed. */
    public static SamplerOptions defaults() {
        return DEFAULTS;
    }

    /** Always the most probable token. */
    public static SamplerOptions greedy() {
        return GREEDY;
    }

    /** Any chain. */
    public static SamplerOptions of(SamplerSpec... specs) {
        return new SamplerOptions(List.of(specs));
    }

    /** The chain of llama.cpp's tools, in their order, with other numbers. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * As {@link #builder()}, with the numbers and the order that the model's metadata asks for ({@code general.sampling.*}), as
     * llama.cpp's tools take them where nobody gives others. A link that the model leaves out of its order stays out.
     */
    public static Builder builder(ModelInfo model) {
        Builder builder = new Builder();
        new ModelSampling(model).applyTo(builder);
        return builder;
    }

    /**
     * Makes the chain of llama.cpp's tools: logit biases, penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC,
     * temperature, then a random choice. Those that are off by default are left out until they are asked for. Mirostat replaces
     * all but the biases and the temperature; adaptive-p replaces the random choice.
     */
    public static final class Builder {

        private Map<Integer, Float> biases = Map.of();
        private boolean noEnd;
        private Penalties penalties = new Penalties(64, 1, 0, 0);
        private Optional<SamplerSpec> dry = Optional.empty();
        private Optional<SamplerSpec> topNSigma = Optional.empty();
        private TopK topK = new TopK(40);
        private float typical = 1;
        private float topP = 0.95f;
        private float minP = 0.05f;
        private float xtcProbability;
        private float xtcThreshold = 0.1f;
        private int minKeep;
        private float temperature = 0.8f;
        private float temperatureRange;
        private float temperatureExponent = 1;
        private boolean infill;
        private OptionalInt seed = OptionalInt.empty();
        private Last last = Dist::new;
        private List<String> order = ModelSampling.TOOLS_ORDER;

        private Builder() {}

        /** The one that selects, once the seed is known. */
        private interface Last {
            SamplerSpec make(OptionalInt seed);
        }

        /** See {@link LogitBias}. Default: none. */
        public Builder logitBias(Map<Integer, Float> tokensToBiases) {
            biases = new LogitBias(tokensToBiases).biases();
            return this;
        }

        /** See {@link NoEnd}; {@code ignore_eos} of the tools. Default: false. */
        public Builder noEnd(boolean value) {
            noEnd = value;
            return this;
        }

        /** See {@link Penalties}. Default: none, over the last 64 tokens. */
        public Builder penalties(int lastTokens, float repeat, float frequency, float presence) {
            penalties = new Penalties(lastTokens, repeat, frequency, presence);
            return this;
        }

        /** See {@link Dry}, with the tools' other numbers: base 1.75, allowed length 2, over the last 64 tokens. Default: none. */
        public Builder dry(float multiplier) {
            return dry(new Dry(multiplier, 1.75f, 2, 64, Dry.DEFAULT_BREAKERS));
        }

        /** See {@link Dry}. Default: none. */
        public Builder dry(Dry spec) {
            dry = Optional.of(spec);
            return this;
        }

        /** See {@link TopNSigma}. Default: off; 1 is usual. */
        public Builder topNSigma(float n) {
            topNSigma = Optional.of(new TopNSigma(n));
            return this;
        }

        /** See {@link TopK}. Default: 40. */
        public Builder topK(int k) {
            topK = new TopK(k);
            return this;
        }

        /** See {@link Typical}. Default: 1, off. */
        public Builder typical(float p) {
            typical = new Typical(p, 0).p();
            return this;
        }

        /** See {@link TopP}. Default: 0.95. */
        public Builder topP(float p) {
            topP = new TopP(p, 0).p();
            return this;
        }

        /** See {@link MinP}. Default: 0.05. */
        public Builder minP(float p) {
            minP = new MinP(p, 0).p();
            return this;
        }

        /** See {@link Xtc}. Default: probability 0, off; the tools' threshold is 0.1. */
        public Builder xtc(float probability, float threshold) {
            Xtc checked = new Xtc(probability, threshold, 0, seed);
            xtcProbability = checked.probability();
            xtcThreshold = checked.threshold();
            return this;
        }

        /** Typical, top-p, min-p and XTC keep at least so many. Default: 0. */
        public Builder minKeep(int tokens) {
            minKeep = Check.range("minKeep", tokens, 0, Integer.MAX_VALUE);
            return this;
        }

        /** See {@link Temperature}. Default: 0.8. */
        public Builder temperature(float value) {
            temperature = new Temperature(value).temperature();
            return this;
        }

        /** A temperature that follows the entropy, see {@link TemperatureExt}. Default: range 0, off, and exponent 1. */
        public Builder dynamicTemperature(float range, float exponent) {
            TemperatureExt checked = new TemperatureExt(1, range, exponent);
            temperatureRange = checked.delta();
            temperatureExponent = checked.exponent();
            return this;
        }

        /** Adds {@link Infill} behind the temperature. Default: false. */
        public Builder infill(boolean value) {
            infill = value;
            return this;
        }

        /** See {@link Mirostat}; the tools' numbers are 5 and 0.1. Default: none. */
        public Builder mirostat(float tau, float eta) {
            return last(use -> new Mirostat(tau, eta, 100, use));
        }

        /** See {@link MirostatV2}; the tools' numbers are 5 and 0.1. Default: none. */
        public Builder mirostatV2(float tau, float eta) {
            return last(use -> new MirostatV2(tau, eta, use));
        }

        /** See {@link AdaptiveP}; the tools' decay is 0.9. Default: none. */
        public Builder adaptiveP(float target, float decay) {
            return last(use -> new AdaptiveP(target, decay, use));
        }

        /** Of all that is random, see {@link Dist}. Default: a random seed. */
        public Builder seed(int value) {
            seed = new Dist(OptionalInt.of(value)).seed();
            return this;
        }

        /** The options. */
        public SamplerOptions build() {
            List<SamplerSpec> specs = new ArrayList<>();
            if (!biases.isEmpty()) {
                specs.add(new LogitBias(biases));
            }
            if (noEnd) {
                specs.add(new NoEnd());
            }
            SamplerSpec selects = last.make(seed);
            if (selects instanceof Mirostat || selects instanceof MirostatV2) {
                specs.add(new Temperature(temperature));
            } else {
                addFilters(specs);
            }
            specs.add(selects);
            return new SamplerOptions(specs);
        }

        private void addFilters(List<SamplerSpec> specs) {
            for (String name : order) {
                switch (name) {
                    case "penalties" -> specs.add(penalties);
                    case "dry" -> dry.ifPresent(specs::add);
                    case "topnsigma" -> topNSigma.ifPresent(specs::add);
                    case "topk" -> specs.add(topK);
                    case "typp" -> addIf(typical < 1, specs, () -> new Typical(typical, minKeep));
                    case "topp" -> specs.add(new TopP(topP, minKeep));
                    case "minp" -> specs.add(new MinP(minP, minKeep));
                    case "xtc" -> addIf(xtcProbability > 0, specs, () -> new Xtc(xtcProbability, xtcThreshold, minKeep, seed));
                    case "temperature" -> specs.add(temperatureRange > 0
                            ? new TemperatureExt(temperature, temperatureRange, temperatureExponent)
                            : new Temperature(temperature));
                    case "infill" -> specs.add(new Infill());
                    default -> { }
                }
            }
            addIf(infill && !order.contains("infill"), specs, Infill::new);
        }

        private static void addIf(boolean wanted, List<SamplerSpec> specs, Supplier<SamplerSpec> maker) {
            if (wanted) {
                specs.add(maker.get());
            }
        }

        /** The links by {@link ModelSampling}'s names. */
        void order(List<String> names) {
            order = names;
        }

        private Builder last(Last maker) {
            maker.make(OptionalInt.empty());
            last = maker;
            return this;
        }
    }
}
