package io.github.llamaffm;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One link of a sampler chain, as a value: what it does and with which numbers. See {@link SamplerOptions}.
 *
 * <p>Where a link draws random numbers, the same seed gives the same tokens. An empty seed is one that is drawn for the chain,
 * for all of its links, readable as {@link Sampler#seed()}. Its bits are those of C's {@code uint32_t}; -1, which means
 * "random" there, is refused.
 */
public sealed interface SamplerSpec {

    /** Whether it always chooses a token. A chain ends with one that does, or with a {@link Custom} one. */
    default boolean selects() {
        return false;
    }

    /** Chooses the most probable token. Calls {@code llama_sampler_init_greedy}. */
    record Greedy() implements SamplerSpec {
        @Override
        public boolean selects() {
            return true;
        }
    }

    /**
     * Chooses at random by probability. Calls {@code llama_sampler_init_dist}.
     *
     * @param seed see {@link SamplerSpec}
     */
    record Dist(OptionalInt seed) implements SamplerSpec {
        /** Checks the seed. */
        public Dist {
            requireSeed(seed);
        }

        @Override
        public boolean selects() {
            return true;
        }
    }

    /**
     * Keeps the most probable tokens. Calls {@code llama_sampler_init_top_k}.
     *
     * @param k how many; 0 keeps all
     */
    record TopK(int k) implements SamplerSpec {
        /** Checks the number. */
        public TopK {
            Check.range("topK", k, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * Keeps the fewest tokens that together are as probable as {@code p}. Calls {@code llama_sampler_init_top_p}.
     *
     * @param p from 0 to 1; 1 keeps all
     * @param minKeep keeps at least so many
     */
    record TopP(float p, int minKeep) implements SamplerSpec {
        /** Checks the numbers. */
        public TopP {
            Check.range("topP", p, 0, 1);
            Check.range("minKeep", minKeep, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * Keeps the tokens that are at least {@code p} times as probable as the best. Calls {@code llama_sampler_init_min_p}.
     *
     * @param p from 0 to 1; 0 keeps all
     * @param minKeep keeps at least so many
     */
    record MinP(float p, int minKeep) implements SamplerSpec {
        /** Checks the numbers. */
        public MinP {
            Check.range("minP", p, 0, 1);
            Check.range("minKeep", minKeep, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * Divides the logits. Calls {@code llama_sampler_init_temp}.
     *
     * @param temperature less than 1 sharpens, more flattens the distribution; 0 leaves only the most probable token. 0, or from
     *     1e-6 to 1e6
     */
    record Temperature(float temperature) implements SamplerSpec {
        /** Checks the number. */
        public Temperature {
            requireTemperature(temperature);
        }
    }

    /**
     * Divides the logits by a temperature that grows with their entropy, from {@code temperature - delta} where one token is
     * certain to {@code temperature + delta} where all are equally probable. Calls {@code llama_sampler_init_temp_ext}.
     *
     * @param temperature as of {@link Temperature}
     * @param delta 0 to 1e6; 0 is {@link Temperature}
     * @param exponent how the entropy, from 0 to 1, maps to the temperature: 0 to 100; 1 is linear
     */
    record TemperatureExt(float temperature, float delta, float exponent) implements SamplerSpec {
        /** Checks the numbers. */
        public TemperatureExt {
            requireTemperature(temperature);
            Check.range("delta", delta, 0, Check.LIMIT);
            Check.range("exponent", exponent, 0, 100);
        }
    }

    /**
     * Makes tokens that came lately, in the prompt or in the answer, less probable. Calls {@code
     * llama_sampler_init_penalties}.
     *
     * @param lastTokens how many tokens back, at most 1,048,576; 0: no penalty
     * @param repeat divides the logit of each: 1e-6 to 1e6; 1: no penalty
     * @param frequency subtracted for each time it came: -1e6 to 1e6; 0: no penalty
     * @param presence subtracted once: -1e6 to 1e6; 0: no penalty
     */
    record Penalties(int lastTokens, float repeat, float frequency, float presence) implements SamplerSpec {
        /** Checks the numbers. */
        public Penalties {
            Check.range("lastTokens", lastTokens, 0, Check.MAX_LAST_TOKENS);
            Check.range("repeat", repeat, 1 / Check.LIMIT, Check.LIMIT);
            Check.range("frequency", frequency, -Check.LIMIT, Check.LIMIT);
            Check.range("presence", presence, -Check.LIMIT, Check.LIMIT);
        }
    }

    /**
     * Keeps the tokens whose information content is nearest to the entropy. Calls {@code llama_sampler_init_typical}.
     *
     * @param p how probable the kept ones are together, from 0 to 1; 1 keeps all
     * @param minKeep keeps at least so many
     */
    record Typical(float p, int minKeep) implements SamplerSpec {
        /** Checks the numbers. */
        public Typical {
            Check.range("typical", p, 0, 1);
            Check.range("minKeep", minKeep, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * "Exclude top choices": now and then drops all but the last of the tokens that are at least so probable. Calls {@code
     * llama_sampler_init_xtc}.
     *
     * @param probability how often, from 0 to 1; 0: never
     * @param threshold how probable, from 0 to 1; more than 0.5: it does nothing
     * @param minKeep keeps at least so many
     * @param seed see {@link SamplerSpec}
     */
    record Xtc(float probability, float threshold, int minKeep, OptionalInt seed) implements SamplerSpec {
        /** Checks the numbers. */
        public Xtc {
            Check.range("xtcProbability", probability, 0, 1);
            Check.range("xtcThreshold", threshold, 0, 1);
            Check.range("minKeep", minKeep, 0, Integer.MAX_VALUE);
            requireSeed(seed);
        }
    }

    /**
     * Excludes tokens whose logit is further below the highest one than some standard deviations of all. Calls {@code
     * llama_sampler_init_top_n_sigma}.
     *
     * @param n how many standard deviations: 0 to 1e6; 0 keeps all
     */
    record TopNSigma(float n) implements SamplerSpec {
        /** Checks the number. */
        public TopNSigma {
            Check.range("topNSigma", n, 0, Check.LIMIT);
        }
    }

    /**
     * Mirostat 1.0: chooses at random, so that the answer is about equally surprising throughout. Calls {@code
     * llama_sampler_init_mirostat}.
     *
     * @param tau the surprise that it aims at, in bits: 0 to 1e6
     * @param eta how fast it adapts: 0 to 1e6
     * @param m how many tokens it estimates from, at least 1; 100 in the tools
     * @param seed see {@link SamplerSpec}
     */
    record Mirostat(float tau, float eta, int m, OptionalInt seed) implements SamplerSpec {
        /** Checks the numbers. */
        public Mirostat {
            Check.range("tau", tau, 0, Check.LIMIT);
            Check.range("eta", eta, 0, Check.LIMIT);
            Check.range("m", m, 1, Integer.MAX_VALUE);
            requireSeed(seed);
        }

        @Override
        public boolean selects() {
            return true;
        }
    }

    /**
     * Mirostat 2.0, which drops tokens that are too surprising, then chooses at random. Calls {@code
     * llama_sampler_init_mirostat_v2}.
     *
     * @param tau the surprise that it aims at, in bits: 0 to 1e6
     * @param eta how fast it adapts: 0 to 1e6
     * @param seed see {@link SamplerSpec}
     */
    record MirostatV2(float tau, float eta, OptionalInt seed) implements SamplerSpec {
        /** Checks the numbers. */
        public MirostatV2 {
            Check.range("tau", tau, 0, Check.LIMIT);
            Check.range("eta", eta, 0, Check.LIMIT);
            requireSeed(seed);
        }

        @Override
        public boolean selects() {
            return true;
        }
    }

    /**
     * "Don't repeat yourself": makes a token less probable that would continue a repetition of what came lately, the more the
     * longer that is. Calls {@code llama_sampler_init_dry}, which reads the whole vocabulary once for each breaker.
     *
     * @param multiplier strength: 0 to 1e6; 0: no penalty
     * @param base the penalty is {@code multiplier * base ^ (length of the repetition - allowedLength)}: 1 to 1e6
     * @param allowedLength repetitions up to this length are free, at least 0
     * @param lastTokens how many tokens back, at most 1,048,576; 0: no penalty
     * @param breakers texts that end a repetition: none empty, none with a NUL, none longer than 40 bytes of UTF-8
     */
    record Dry(float multiplier, float base, int allowedLength, int lastTokens, List<String> breakers)
            implements SamplerSpec {

        /** Those of llama.cpp's tools. */
        public static final List<String> DEFAULT_BREAKERS = List.of("\n", ":", "\"", "*");

        private static final int MAX_BREAKER_BYTES = 40;

        /** Checks the values. */
        public Dry {
            Check.range("multiplier", multiplier, 0, Check.LIMIT);
            Check.range("base", base, 1, Check.LIMIT);
            Check.range("allowedLength", allowedLength, 0, Integer.MAX_VALUE);
            Check.range("lastTokens", lastTokens, 0, Check.MAX_LAST_TOKENS);
            breakers = List.copyOf(breakers);
            for (String breaker : breakers) {
                int bytes = breaker.getBytes(StandardCharsets.UTF_8).length;
                if (bytes == 0 || bytes > MAX_BREAKER_BYTES || breaker.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException("breaker \"%s\" of %d bytes: 1 to %d are wanted, none of them NUL"
                            .formatted(breaker, bytes, MAX_BREAKER_BYTES));
                }
            }
        }
    }

    /**
     * Adaptive-p: chooses at random, and prefers tokens whose probability is near a target, over time. Calls {@code
     * llama_sampler_init_adaptive_p}. Best after nothing but a mild {@link MinP}.
     *
     * @param target from 0 to 1
     * @param decay how much history counts, from 0 to 0.99: about {@code 1 / (1 - decay)} tokens
     * @param seed see {@link SamplerSpec}
     */
    record AdaptiveP(float target, float decay, OptionalInt seed) implements SamplerSpec {
        /** Checks the numbers. */
        public AdaptiveP {
            Check.range("target", target, 0, 1);
            Check.range("decay", decay, 0, 0.99f);
            requireSeed(seed);
        }

        @Override
        public boolean selects() {
            return true;
        }
    }

    /**
     * Adds to the logits of some tokens. Calls {@code llama_sampler_init_logit_bias}.
     *
     * @param biases token to what is added: -1e6 to 1e6, or negative infinity, which excludes the token. Tokens that are not in
     *     the vocabulary are refused when a chain is made
     */
    record LogitBias(Map<Integer, Float> biases) implements SamplerSpec {
        /** Checks the numbers. */
        public LogitBias {
            biases = Collections.unmodifiableMap(new TreeMap<>(biases));
            biases.forEach((token, bias) -> {
                if (bias != Float.NEGATIVE_INFINITY) {
                    Check.range("bias of token " + token, bias, -Check.LIMIT, Check.LIMIT);
                }
            });
        }
    }

    /** Excludes every token that ends a generation, as {@code ignore_eos} does. Calls {@code llama_sampler_init_logit_bias}. */
    record NoEnd() implements SamplerSpec {}

    /**
     * For filling a gap in a text: prefers to end, and merges tokens that begin with each other. Calls {@code
     * llama_sampler_init_infill}. It compares each pair of candidates, so it comes after {@link TopK}; more than 4,096 are
     * refused. The vocabulary needs an end-of-turn or end-of-sequence token.
     */
    record Infill() implements SamplerSpec {}

    /**
     * Excludes what a grammar does not allow, as a link of the chain: among all candidates that are left there. A chain has at
     * most one. It comes first, because a grammar may allow none of a few candidates. {@link GenerateOptions.Builder#grammar}
     * is faster, as it looks at the chosen token first. It follows the tokens that are sampled, not those of the prompt.
     *
     * @param use the grammar, and what starts it
     */
    record GrammarRule(GrammarUse use) implements SamplerSpec {}

    /**
     * A sampler written in Java. One that ends the chain has to select a candidate.
     *
     * @param sampler makes one for each chain
     */
    record Custom(Supplier<? extends CandidateSampler> sampler) implements SamplerSpec {}

    /** So that no logit overflows: what comes of infinite ones is not a number, which no sort survives. */
    private static void requireTemperature(float temperature) {
        if (temperature != 0) {
            Check.range("temperature", temperature, 1 / Check.LIMIT, Check.LIMIT);
        }
    }

    private static void requireSeed(OptionalInt seed) {
        if (seed.isPresent() && seed.getAsInt() == -1) {
            throw new IllegalArgumentException("seed -1 means a random seed in llama.cpp: give none");
        }
    }
}
