package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplerSpec.AdaptiveP;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.Infill;
import io.github.llamaffm.SamplerSpec.LogitBias;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TemperatureExt;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopNSigma;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Typical;
import io.github.llamaffm.SamplerSpec.Xtc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** With the same seed each sampler, alone and in chains, chooses what llama-server's chooses. */
class SamplerConformanceIT {
    // Penalties count the prompt too, so it repeats itself.
    private static final String PROMPT = "The cat sat on the mat. The cat sat on the hat. The cat sat on the";
    private static final int TOKENS = 24;
    // As uint32_t the last one is 4294967294.
    private static final int[] SEEDS = {42, -2};

    private static SideBySide both;

    @BeforeAll
    static void open() {
        both = new SideBySide(1024);
    }

    @AfterAll
    static void close() {
        both.close();
    }

    /** How a sampler with a seed is made, and how the server is asked for the same. */
    record Chain(String name, IntFunction<SamplerOptions> options, Map<String, Object> fields) {
        /** A chain without random numbers but for the choice at its end. */
        Chain(String name, List<SamplerSpec> specs, Map<String, Object> fields) {
            this(name, seed -> new SamplerOptions(
                    Stream.concat(specs.stream(), Stream.of(new Dist(OptionalInt.of(seed)))).toList()), fields);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Map<String, Object> only(String sampler, Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("samplers", List.of(sampler));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return fields;
    }

    static final List<Chain> CHAINS = List.of(
            new Chain("dist", List.of(), Map.of("samplers", List.of())),
            new Chain("top-k", List.of(new TopK(7)), only("top_k", "top_k", 7)),
            new Chain("top-k 0", List.of(new TopK(0)), only("top_k", "top_k", 0)),
            new Chain("top-p", List.of(new TopP(0.6f, 0)), only("top_p", "top_p", 0.6)),
            new Chain("top-p keeps", List.of(new TopP(0.1f, 5)), only("top_p", "top_p", 0.1, "min_keep", 5)),
            new Chain("min-p", List.of(new MinP(0.1f, 0)), only("min_p", "min_p", 0.1)),
            new Chain("min-p keeps", List.of(new MinP(0.9f, 4)), only("min_p", "min_p", 0.9, "min_keep", 4)),
            new Chain("cold", List.of(new Temperature(0.5f)), only("temperature", "temperature", 0.5)),
            new Chain("hot", List.of(new Temperature(1.5f)), only("temperature", "temperature", 1.5)),
            new Chain("frozen", List.of(new Temperature(0)), only("temperature", "temperature", 0)),
            new Chain("by entropy", List.of(new TemperatureExt(1, 0.6f, 1.5f)),
                    only("temperature", "temperature", 1, "dynatemp_range", 0.6, "dynatemp_exponent", 1.5)),
            new Chain("repeat", List.of(new Penalties(64, 1.8f, 0, 0)),
                    only("penalties", "repeat_last_n", 64, "repeat_penalty", 1.8)),
            new Chain("frequency", List.of(new Penalties(32, 1, 0.9f, 0)),
                    only("penalties", "repeat_last_n", 32, "frequency_penalty", 0.9)),
            new Chain("presence", List.of(new Penalties(16, 1, 0, 1.5f)),
                    only("penalties", "repeat_last_n", 16, "presence_penalty", 1.5)),
            new Chain("typical", List.of(new Typical(0.5f, 0)), only("typ_p", "typical_p", 0.5)),
            new Chain("typical keeps", List.of(new Typical(0.1f, 6)), only("typ_p", "typical_p", 0.1, "min_keep", 6)),
            new Chain("top-n-sigma", List.of(new TopNSigma(1.5f)), only("top_n_sigma", "top_n_sigma", 1.5)),
            new Chain("xtc", seed -> SamplerOptions.of(
                            new Xtc(0.7f, 0.1f, 0, OptionalInt.of(seed)), new Dist(OptionalInt.of(seed))),
                    only("xtc", "xtc_probability", 0.7, "xtc_threshold", 0.1)),
            new Chain("dry", List.of(new Dry(2, 1.5f, 1, 32, Dry.DEFAULT_BREAKERS)), only("dry", "dry_multiplier", 2,
                    "dry_base", 1.5, "dry_allowed_length", 1, "dry_penalty_last_n", 32)),
            new Chain("dry with breakers", List.of(new Dry(3, 1.2f, 0, 64, List.of(" the", "mat"))), only("dry", "dry_multiplier", 3,
                    "dry_base", 1.2, "dry_allowed_length", 0, "dry_penalty_last_n", 64,
                    "dry_sequence_breakers", List.of(" the", "mat"))),
            new Chain("mirostat", seed -> SamplerOptions.builder().temperature(0.9f).mirostat(3, 0.2f).seed(seed).build(),
                    Map.of("mirostat", 1, "mirostat_tau", 3, "mirostat_eta", 0.2, "temperature", 0.9)),
            new Chain("mirostat 2", seed -> SamplerOptions.builder().temperature(1.1f).mirostatV2(4, 0.3f).seed(seed).build(),
                    Map.of("mirostat", 2, "mirostat_tau", 4, "mirostat_eta", 0.3, "temperature", 1.1)),
            new Chain("adaptive-p", seed -> SamplerOptions.of(
                            new MinP(0.01f, 0), new AdaptiveP(0.3f, 0.8f, OptionalInt.of(seed))),
                    Map.of("samplers", List.of("min_p", "adaptive_p"), "min_p", 0.01, "adaptive_target", 0.3, "adaptive_decay", 0.8)),
            new Chain("infill", List.of(new TopK(20), new TopP(0.9f, 0), new Infill()),
                    Map.of("samplers", List.of("top_k", "top_p", "infill"), "top_k", 20, "top_p", 0.9)),
            new Chain("logit bias", List.of(new LogitBias(Map.of(260, -2f, 282, Float.NEGATIVE_INFINITY, 6013, 3f))),
                    Map.of("samplers", List.of(), "logit_bias", List.of(List.of(260, -2), List.of(282, false), List.of(6013, 3)))),
            new Chain("other order", List.of(new Temperature(1.2f), new MinP(0.02f, 0), new TopK(50)),
                    Map.of("samplers", List.of("temperature", "min_p", "top_k"), "temperature", 1.2, "min_p", 0.02, "top_k", 50)));

    @ParameterizedTest
    @FieldSource("CHAINS")
    void sameChoiceAlone(Chain chain) {
        for (int seed : SEEDS) {
            assertSame(chain.options.apply(seed), chain.fields, seed);
        }
    }

    /** Here the server uses its whole chain: what is off by default does nothing. */
    static final List<Chain> TOOL_CHAINS = List.of(
            new Chain("default", seed -> SamplerOptions.builder().seed(seed).build(), Map.of()),
            new Chain("wide", seed -> SamplerOptions.builder().seed(seed).temperature(1.3f).topK(100).topP(0.99f).minP(0.01f).build(),
                    Map.of("temperature", 1.3, "top_k", 100, "top_p", 0.99, "min_p", 0.01)),
            new Chain("penalties", seed -> SamplerOptions.builder().seed(seed).penalties(48, 1.1f, 0.2f, 0.3f).build(),
                    Map.of("repeat_last_n", 48, "repeat_penalty", 1.1, "frequency_penalty", 0.2, "presence_penalty", 0.3)),
            new Chain("everything", seed -> SamplerOptions.builder().seed(seed).logitBias(Map.of(260, 0.5f)).noEnd(true)
                            .penalties(48, 1.1f, 0.2f, 0.3f).dry(0.8f).topNSigma(2.5f).topK(60).typical(0.97f).topP(0.96f)
                            .minP(0.02f).xtc(0.4f, 0.08f).minKeep(2).temperature(1.1f).dynamicTemperature(0.3f, 1.2f).build(),
                    fields("logit_bias", List.of(List.of(260, 0.5)), "ignore_eos", true,
                            "repeat_last_n", 48, "repeat_penalty", 1.1, "frequency_penalty", 0.2, "presence_penalty", 0.3,
                            "dry_multiplier", 0.8, "top_n_sigma", 2.5, "top_k", 60, "typical_p", 0.97, "top_p", 0.96,
                            "min_p", 0.02, "xtc_probability", 0.4, "xtc_threshold", 0.08, "min_keep", 2,
                            "temperature", 1.1, "dynatemp_range", 0.3, "dynatemp_exponent", 1.2)));

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = only("", namesAndValues);
        fields.remove("samplers");
        return fields;
    }

    @ParameterizedTest
    @FieldSource("TOOL_CHAINS")
    void sameChoiceByTheToolsChain(Chain chain) {
        for (int seed : SEEDS) {
            assertSame(chain.options.apply(seed), chain.fields, seed);
        }
    }

    /** A prompt after which the model would end at once goes on where it may not. */
    @Test
    void sameTokensWhereNoEndIsAllowed() {
        String prompt = "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\nYes.";
        try (Generation ends = both.context().generate(prompt, GenerateOptions.builder().sampler(SamplerOptions.greedy()).maxTokens(9).build())) {
            assertThat(ends.result().reason()).isEqualTo(FinishReason.END);
        }
        SamplerOptions options = SamplerOptions.builder().temperature(0).noEnd(true).build();
        assertSame(prompt, options, Map.of("temperature", 0, "ignore_eos", true), 1);
    }

    private static void assertSame(SamplerOptions sampler, Map<String, Object> fields, int seed) {
        assertSame(PROMPT, sampler, fields, seed);
    }

    private static void assertSame(String prompt, SamplerOptions sampler, Map<String, Object> fields, int seed) {
        Map<String, Object> request = new LinkedHashMap<>(fields);
        request.put("seed", Integer.toUnsignedLong(seed));
        both.assertSameTokens(prompt, TOKENS, request, GenerateOptions.builder().sampler(sampler));
    }
}
