package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.cli.CommandProcess.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code llama-ffm complete} with real natives and the default model. */
class CompleteIT {

    private static final String SUMMARY =
            "load \\d+ ms, prompt \\d+ tokens at \\S+ t/s, generation \\d+ tokens at \\S+ t/s, %s\\R";

    private static Model model;
    private static Context context;

    @TempDir
    private Path folder;

    @TempDir
    private static Path files;

    @BeforeAll
    static void loadForComparison() {
        model = Model.load(ModelSource.resource(ModelArguments.DEFAULT_MODEL));
        context = model.newContext(ContextOptions.builder().threads(1).build());
    }

    @AfterAll
    static void close() {
        context.close();
        model.close();
    }

    private static String expected(String prompt, int maxTokens, SamplerOptions sampler) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(maxTokens).sampler(sampler).build();
        try (Generation generation = context.generate(prompt, options)) {
            return generation.result().text() + "\n";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"The capital of France is", "@file or -option?", "日本語で「こんにちは」は", "😀 means", " \n\t"})
    void printsWhatTheApiMakes(String prompt) {
        Result result = CommandProcess.run(
                folder, "complete", "--temperature", "0", "--max-tokens", "16", "--threads", "1", prompt);

        assertThat(result.stdout()).isEqualTo(expected(prompt, 16, SamplerOptions.greedy()));
        assertThat(result.stderr()).matches(SUMMARY.formatted("(length limit|end of text)"));
        assertThat(result.exitCode()).isZero();
        assertThat(result.files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-1", "--", "--model"})
    void afterTwoDashesAnythingIsAPrompt(String prompt) {
        Result result =
                CommandProcess.run(folder, "complete", "--temperature=0", "--max-tokens=4", "--threads=1", "--", prompt);

        assertThat(result.stdout()).isEqualTo(expected(prompt, 4, SamplerOptions.greedy()));
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void aSeedDecidesTheText() {
        Result result = CommandProcess.run(
                folder, "complete", "--seed", "4294967294", "--temperature", "1.5", "--max-tokens", "16", "--threads", "1",
                "Once upon a time");

        SamplerOptions sampler = SamplerOptions.builder().temperature(1.5f).seed((int) 4294967294L).build();
        assertThat(result.stdout()).isEqualTo(expected("Once upon a time", 16, sampler));
    }

    @Test
    void aModelFileGivesTheSameTextOnAnyNumberOfThreads() throws IOException {
        Result result = CommandProcess.run(
                folder, "complete", "--model", modelFile().toString(), "--temperature", "0", "--max-tokens", "8",
                "The capital of France is");

        assertThat(result.stdout()).isEqualTo(expected("The capital of France is", 8, SamplerOptions.greedy()));
        assertThat(result.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "directory", "text", "cut"})
    void aBadModelIsOneLine(String kind) throws IOException {
        Path file = files.resolve(kind + ".gguf");
        switch (kind) {
            case "empty" -> Files.write(file, new byte[0]);
            case "directory" -> Files.createDirectories(file);
            case "text" -> Files.writeString(file, "This is no model. ".repeat(1000));
            case "cut" -> {
                try (InputStream in = Files.newInputStream(modelFile())) {
                    Files.write(file, in.readNBytes(20_000_000));
                }
            }
            default -> assertThat(file).doesNotExist();
        }

        assertFailure(CommandProcess.run(folder, "complete", "--model", file.toString(), "Hello"), file.toString());
    }

    @Test
    void aPromptLongerThanTheContextIsOneLine() {
        assertFailure(CommandProcess.run(folder, "complete", "--max-tokens", "1", "word ".repeat(10_000)), "1000");
    }

    @Test
    void aPromptThatTheLocaleCannotCarryIsOneLine() {
        assertFailure(CommandProcess.run(folder, Map.of("LC_ALL", "C"), "complete", "日本語"), "LC_ALL=C.UTF-8");
    }

    private static void assertFailure(Result result, String reason) {
        assertThat(result.stderr()).startsWith("llama-ffm: ").contains(reason).hasLineCount(1);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.files()).isEmpty();
    }

    @Test
    void ctrlCEndsTheTextAndPrintsTheSummary() throws IOException, InterruptedException {
        CommandProcess command = CommandProcess.start(
                folder, Map.of(), "complete", "--temperature", "0", "--threads", "1", "--max-tokens", "2000",
                "1, 2, 3, 4, 5, 6, 7, 8, 9,");
        InputStream stdout = command.stdout();
        byte[] start = stdout.readNBytes(20);

        command.interrupt();

        String text = new String(start) + new String(stdout.readAllBytes());
        Result result = command.waitFor(text);
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(result.stderr()).matches(SUMMARY.formatted("interrupted"));
        assertThat(text).endsWith("\n");
        assertThat(result.files()).isEmpty();
    }

    @Test
    void aReaderThatGoesAwayEndsIt() throws IOException {
        CommandProcess command = CommandProcess.start(
                folder, Map.of(), "complete", "--temperature", "0", "--threads", "1", "--max-tokens", "2000",
                "1, 2, 3, 4, 5, 6, 7, 8, 9,");
        assertThat(command.stdout().read()).isNotNegative();
        command.stdout().close();

        assertFailure(command.waitFor(""), "standard output");
    }

    private static Path modelFile() throws IOException {
        Path file = files.resolve("smollm2.gguf");
        if (!Files.exists(file)) {
            try (InputStream in = CompleteIT.class.getClassLoader().getResourceAsStream(ModelArguments.DEFAULT_MODEL)) {
                Files.copy(in, file);
            }
        }
        return file;
    }
}
