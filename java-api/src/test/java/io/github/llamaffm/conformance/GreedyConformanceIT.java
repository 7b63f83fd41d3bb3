package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.TestFiles;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Greedy text through our API is llama-server's, token for token. */
class GreedyConformanceIT {
    private static final int TOKENS = 64;

    private static LlamaServer server;
    private static Model model;
    private static Context context;

    @BeforeAll
    static void open() {
        // Equal logits need all of these to be equal.
        server = LlamaServer.start(TestFiles.model(), "--ctx-size", "4096", "--batch-size", "2048", "--ubatch-size", "512",
                "--threads", "1", "--threads-batch", "1");
        model = Model.load(TestFiles.model());
        context = model.newContext(ContextOptions.builder().contextSize(4096).threads(1).build());
    }

    @AfterAll
    static void close() {
        context.close();
        model.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void sameTokens(Prompts prompt) {
        var expected = server.complete(Map.of("prompt", prompt.text(), "temperature", 0, "n_predict", TOKENS));

        GenerationResult actual;
        try (Generation generation = context.generate(prompt.text(),
                GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build())) {
            actual = generation.result();
        }

        assertThat(actual.tokens()).containsExactly(expected.tokens().toArray(Integer[]::new));
        // The server holds back bytes that are not yet a character.
        assertThat(actual.text()).startsWith(expected.text());
    }
}
