package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.TestFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With the same seed each sampler, alone and in chains, chooses what llama-server's chooses. */
class SamplerConformanceIT {
    // Penalties count the prompt too, so it repeats itself.
    private static final String PROMPT = "The cat sat on the mat. The cat sat on the hat. The cat sat on the";
    private static final int TOKENS = 32;
    // As uint32_t the last one is 4294967294.
    private static final int[] SEEDS = {42, 20_261_101, -2};

    private static LlamaServer server;
    private static Model model;
    private static Context context;

    @BeforeAll
    static void open() {
        server = LlamaServer.start(TestFiles.model(), "--ctx-size", "1024", "--threads", "1", "--threads-batch", "1");
        model = Model.load(TestFiles.model());
        context = model.newContext(ContextOptions.builder().contextSize(1024).threads(1).build());
    }

    @AfterAll
    static void close() {
        context.close();
        model.close();
        server.close();
    }

    /** A chain without its seed, and how the server is asked for the same. */
    record Chain(String name, List<SamplerSpec> specs, Map<String, Object> fields) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Chain> CHAINS = List.of(
            new Chain("dist", List.of(), Map.of("samplers", List.of())),
            new Chain("top-k", List.of(new TopK(7)), Map.of("samplers", List.of("top_k"), "top_k", 7)),
            new Chain("top-k 0", List.of(new TopK(0)), Map.of("samplers", List.of("top_k"), "top_k", 0)),
            new Chain("top-p", List.of(new TopP(0.6f, 0)), Map.of("samplers", List.of("top_p"), "top_p", 0.6)),
            new Chain("top-p keeps", List.of(new TopP(0.1f, 5)),
                    Map.of("samplers", List.of("top_p"), "top_p", 0.1, "min_keep", 5)),
            new Chain("min-p", List.of(new MinP(0.1f, 0)), Map.of("samplers", List.of("min_p"), "min_p", 0.1)),
            new Chain("min-p keeps", List.of(new MinP(0.9f, 4)),
                    Map.of("samplers", List.of("min_p"), "min_p", 0.9, "min_keep", 4)),
            new Chain("cold", List.of(new Temperature(0.5f)), Map.of("samplers", List.of("temperature"), "temperature", 0.5)),
            new Chain("hot", List.of(new Temperature(1.5f)), Map.of("samplers", List.of("temperature"), "temperature", 1.5)),
            new Chain("frozen", List.of(new Temperature(0)), Map.of("samplers", List.of("temperature"), "temperature", 0)),
            new Chain("repeat", List.of(new Penalties(64, 1.8f, 0, 0)),
                    Map.of("samplers", List.of("penalties"), "repeat_last_n", 64, "repeat_penalty", 1.8)),
            new Chain("frequency", List.of(new Penalties(32, 1, 0.9f, 0)),
                    Map.of("samplers", List.of("penalties"), "repeat_last_n", 32, "frequency_penalty", 0.9)),
            new Chain("presence", List.of(new Penalties(16, 1, 0, 1.5f)),
                    Map.of("samplers", List.of("penalties"), "repeat_last_n", 16, "presence_penalty", 1.5)),
            new Chain("other order", List.of(new Temperature(1.2f), new MinP(0.02f, 0), new TopK(50)),
                    Map.of("samplers", List.of("temperature", "min_p", "top_k"),
                            "temperature", 1.2, "min_p", 0.02, "top_k", 50)));

    @ParameterizedTest
    @FieldSource("CHAINS")
    void sameChoiceAlone(Chain chain) {
        for (int seed : SEEDS) {
            var specs = Stream.concat(chain.specs.stream(), Stream.of(new Dist(OptionalInt.of(seed))));
            assertSame(new SamplerOptions(specs.toList()), chain.fields, seed);
        }
    }

    static Stream<Map<String, Object>> toolChains() {
        return Stream.of(
                Map.of(),
                Map.of("temperature", 1.3, "top_k", 100, "top_p", 0.99, "min_p", 0.01),
                Map.of("repeat_last_n", 48, "repeat_penalty", 1.1, "frequency_penalty", 0.2, "presence_penalty", 0.3));
    }

    /** Here the server uses its whole chain, also the samplers that we do not have yet: by default they do nothing. */
    @ParameterizedTest
    @MethodSource
    void toolChains(Map<String, Object> fields) {
        for (int seed : SEEDS) {
            var builder = SamplerOptions.builder().seed(seed);
            if (fields.containsKey("top_k")) {
                builder.temperature(1.3f).topK(100).topP(0.99f).minP(0.01f);
            }
            if (fields.containsKey("repeat_penalty")) {
                builder.penalties(48, 1.1f, 0.2f, 0.3f);
            }
            assertSame(builder.build(), fields, seed);
        }
    }

    private static void assertSame(SamplerOptions sampler, Map<String, Object> fields, int seed) {
        Map<String, Object> request = new LinkedHashMap<>(fields);
        request.putAll(Map.of("prompt", PROMPT, "n_predict", TOKENS, "seed", Integer.toUnsignedLong(seed)));
        var expected = server.complete(request);

        try (Generation generation = context.generate(PROMPT,
                GenerateOptions.builder().maxTokens(TOKENS).sampler(sampler).build())) {
            assertThat(generation.result().tokens())
                    .as("seed %d, %s", seed, sampler)
                    .containsExactly(expected.tokens().toArray(Integer[]::new));
        }
    }
}
