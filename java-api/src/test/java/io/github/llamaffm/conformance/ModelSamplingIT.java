package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model's file says about sampling is followed as llama-server follows it. */
class ModelSamplingIT {
    private static final String PROMPT = "The";
    private static final int TOKENS = 16;

    @Test
    void suppressedTokensAreNeverChosen(@TempDir Path folder) {
        Path plain = TinyModel.llama().writeTo(folder.resolve("plain.gguf"));
        int[] usual = generate(plain);
        int[] suppressed = Arrays.stream(usual).distinct().toArray();
        Path model = TinyModel.llama().metadata("tokenizer.ggml.suppress_tokens", GgufValue.ofSigned(suppressed))
                .writeTo(folder.resolve("suppressing.gguf"));

        int[] tokens = generate(model);

        assertThat(tokens).doesNotContain(suppressed);
        try (LlamaServer server = LlamaServer.start(model, "--ctx-size", "256", "--threads", "1", "--threads-batch", "1")) {
            assertThat(tokens).containsExactly(server.complete(Map.of("prompt", PROMPT, "n_predict", TOKENS, "temperature", 0))
                    .tokens().toArray(Integer[]::new));
        }
    }

    static Stream<Map<String, GgufValue>> metadata() {
        return Stream.of(
                Map.of(),
                Map.of("top_k", GgufValue.of(7), "top_p", GgufValue.of(0.9f), "min_p", GgufValue.of(0.01f),
                        "temp", GgufValue.of(1.3f), "penalty_last_n", GgufValue.of(20), "penalty_repeat", GgufValue.of(1.4f)),
                Map.of("sequence", GgufValue.of("temp;min-p;unknown;XTC;top_k"), "xtc_probability", GgufValue.of(0.5f),
                        "xtc_threshold", GgufValue.of(0.02f), "temp", GgufValue.of(2f)),
                Map.of("mirostat", GgufValue.of(1), "mirostat_tau", GgufValue.of(3f), "mirostat_eta", GgufValue.of(0.2f)),
                Map.of("mirostat", GgufValue.of(2), "temp", GgufValue.of(1.2f)));
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void numbersAndOrderAreThoseOfTheModel(Map<String, GgufValue> sampling, @TempDir Path folder) {
        TinyModel tiny = TinyModel.llama();
        for (var entry : sampling.entrySet()) {
            tiny = tiny.metadata("general.sampling." + entry.getKey(), entry.getValue());
        }
        Path file = tiny.writeTo(folder.resolve("model.gguf"));
        try (LlamaServer server = LlamaServer.start(file, "--ctx-size", "256", "--threads", "1", "--threads-batch", "1");
                Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate(PROMPT, GenerateOptions.builder().maxTokens(TOKENS)
                        .sampler(SamplerOptions.builder(model.info()).seed(42).build()).build())) {
            assertThat(generation.result().tokens()).containsExactly(
                    server.complete(Map.of("prompt", PROMPT, "n_predict", TOKENS, "seed", 42)).tokens().toArray(Integer[]::new));
        }
    }

    private static int[] generate(Path file) {
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate(PROMPT,
                        GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build())) {
            return generation.result().tokens();
        }
    }
}
