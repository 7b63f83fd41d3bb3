package io.github.llamaffm;

import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopP;
import java.util.List;
import java.util.OptionalInt;

/**
 * How tokens are chosen: a chain of samplers, applied in order. A value: every generation builds its own natives from it.
 *
 * @param specs the chain; the last one selects a token and no other does
 */
public record SamplerOptions(List<SamplerSpec> specs) {

    private static final SamplerOptions DEFAULTS = builder().build();
    private static final SamplerOptions GREEDY = of(new Greedy());

    /** Checks the chain: llama.cpp aborts on one that selects nothing. */
    public SamplerOptions {
        specs = List.copyOf(specs);
        if (specs.isEmpty() || !specs.getLast().selects()) {
            throw new IllegalArgumentException("a sampler chain ends with Greedy or Dist: " + specs);
        }
        if (specs.stream().filter(SamplerSpec::selects).count() > 1) {
            throw new IllegalArgumentException("only the last of a sampler chain selects a token: " + specs);
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

    /** Makes the chain of llama.cpp's tools: penalties, top-k, top-p, min-p, temperature, then a random choice. */
    public static final class Builder {

        private Penalties penalties = new Penalties(64, 1, 0, 0);
        private TopK topK = new TopK(40);
        private TopP topP = new TopP(0.95f, 0);
        private MinP minP = new MinP(0.05f, 0);
        private Temperature temperature = new Temperature(0.8f);
        private Dist dist = new Dist(OptionalInt.empty());

        private Builder() {}

        /** See {@link Penalties}. Default: none, over the last 64 tokens. */
        public Builder penalties(int lastTokens, float repeat, float frequency, float presence) {
            penalties = new Penalties(lastTokens, repeat, frequency, presence);
            return this;
        }

        /** See {@link TopK}. Default: 40. */
        public Builder topK(int k) {
            topK = new TopK(k);
            return this;
        }

        /** See {@link TopP}. Default: 0.95. */
        public Builder topP(float p) {
            topP = new TopP(p, 0);
            return this;
        }

        /** See {@link MinP}. Default: 0.05. */
        public Builder minP(float p) {
            minP = new MinP(p, 0);
            return this;
        }

        /** See {@link Temperature}. Default: 0.8. */
        public Builder temperature(float value) {
            temperature = new Temperature(value);
            return this;
        }

        /** See {@link Dist}. Default: a random seed. */
        public Builder seed(int seed) {
            dist = new Dist(OptionalInt.of(seed));
            return this;
        }

        /** The options. */
        public SamplerOptions build() {
            return of(penalties, topK, topP, minP, temperature, dist);
        }
    }
}
