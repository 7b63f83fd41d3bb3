package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens are those of {@code ref}: the plain C API on the very same library, without shim and Java. */
class RefConformanceIT {
    private static Model model;

    @BeforeAll
    static void open() {
        model = Model.load(TestFiles.model());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @EnumSource(names = "EMPTY", mode = EnumSource.Mode.EXCLUDE)
    void sameTokens(Prompts prompt) throws IOException {
        assertThat(model.tokenizer().encode(prompt.text(), true, true))
                .containsExactly(ref(prompt.text(), "tokenize", TestFiles.model()));
    }

    @ParameterizedTest
    @EnumSource(names = {"ENGLISH", "CHINESE", "EMOJI", "JAVA", "LONG"})
    void sameText(Prompts prompt) throws IOException {
        assertSameText(prompt, 32, 1);
    }

    /** Attention splits the cache among threads, which changes the last bits of what it adds up. */
    @Test
    void sameTextOnTwoThreads() throws IOException {
        assertSameText(Prompts.ENGLISH, 4, 2);
    }

    private static void assertSameText(Prompts prompt, int tokens, int threads) throws IOException {
        int[] expected = ref(prompt.text(), "generate", TestFiles.model(), tokens, threads, 2048);
        try (Context context = model.newContext(ContextOptions.builder().contextSize(2048).threads(threads).build());
                Generation generation = context.generate(prompt.text(),
                        GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build())) {
            assertThat(generation.result().tokens()).containsExactly(expected);
        }
    }

    private static int[] ref(String input, Object... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(TestFiles.tools().resolve("ref").toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as("exit code of %s", command).isZero();
        return output.lines().mapToInt(Integer::parseInt).toArray();
    }
}
