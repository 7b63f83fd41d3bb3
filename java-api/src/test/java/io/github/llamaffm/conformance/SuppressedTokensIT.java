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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that a vocabulary suppresses are chosen by no chain, as llama-server does it. */
class SuppressedTokensIT {
    private static final String PROMPT = "The";
    private static final int TOKENS = 12;

    @Test
    void areNeverChosen(@TempDir Path folder) {
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

    private static int[] generate(Path file) {
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate(PROMPT,
                        GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build())) {
            return generation.result().tokens();
        }
    }
}
