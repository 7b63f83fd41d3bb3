package io.github.llamaffm;

import java.util.OptionalInt;

/** One link of a sampler chain, as a value: what it does and with which numbers. See {@link SamplerOptions}. */
public sealed interface SamplerSpec {

    /** Whether it chooses a token. A chain ends with one that does. */
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
     * @param seed the same seed gives the same tokens; empty: a random one, readable as {@link Sampler#seed()}. Its bits are
     *     those of C's {@code uint32_t}; -1, which means "random" there, is refused
     */
    record Dist(OptionalInt seed) implements SamplerSpec {
        /** Checks the seed. */
        public Dist {
            if (seed.isPresent() && seed.getAsInt() == -1) {
                throw new IllegalArgumentException("seed -1 means a random seed in llama.cpp: give none");
            }
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
     * @param temperature less than 1 sharpens, more flattens the distribution; 0 leaves only the most probable token
     */
    record Temperature(float temperature) implements SamplerSpec {
        /** Checks the number. */
        public Temperature {
            Check.range("temperature", temperature, 0, Float.MAX_VALUE);
        }
    }

    /**
     * Makes tokens that came lately, in the prompt or in the answer, less probable. Calls {@code
     * llama_sampler_init_penalties}.
     *
     * @param lastTokens how many tokens back; 0: no penalty
     * @param repeat divides the logit of each; 1: no penalty
     * @param frequency subtracted for each time it came; 0: no penalty
     * @param presence subtracted once; 0: no penalty
     */
    record Penalties(int lastTokens, float repeat, float frequency, float presence) implements SamplerSpec {
        /** Checks the numbers. */
        public Penalties {
            Check.range("lastTokens", lastTokens, 0, 1 << 20);
            Check.range("repeat", repeat, Float.MIN_VALUE, Float.MAX_VALUE);
            Check.range("frequency", frequency, -Float.MAX_VALUE, Float.MAX_VALUE);
            Check.range("presence", presence, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
    }
}
