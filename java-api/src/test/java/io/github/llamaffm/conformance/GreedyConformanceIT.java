package io.github.llamaffm.conformance;

import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.SamplerOptions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Greedy text through our API is llama-server's, token for token. */
class GreedyConformanceIT {
    private static final int TOKENS = 64;

    private static SideBySide both;

    @BeforeAll
    static void open() {
        both = new SideBySide(4096);
    }

    @AfterAll
    static void close() {
        both.close();
    }

    @ParameterizedTest
    @EnumSource
    void sameTokens(Prompts prompt) {
        both.assertSameTokens(prompt.text(), TOKENS, Map.of("temperature", 0),
                GenerateOptions.builder().sampler(SamplerOptions.greedy()));
    }
}
