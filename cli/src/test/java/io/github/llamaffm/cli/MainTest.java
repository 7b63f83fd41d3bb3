package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that the command decides before it needs a native library. */
class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "chat", "complete", "bench", "devices", "doctor", "model-jar"})
    void helpGoesToStdout(String command) {
        int exitCode = command.isEmpty() ? run("--help") : run(command, "--help");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).startsWith("Usage: llama-ffm " + command);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpNamesEachDefault() {
        run("complete", "--help");

        assertThat(out.toString()).contains("--max-tokens", "128", "--temperature", "0.8", "--model", "--seed", "--threads");
    }

    @Test
    void versionNamesThisBuildAndTheJavaItRunsOn() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("llama-ffm \\d+\\.\\d+\\.\\d+\\S*\\RJava 25\\S* on .*\\R");
    }

    @Test
    void whatCannotBeWrittenIsAFailure() {
        PrintWriter full = new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("disk full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });

        assertThat(Main.run(full, new PrintWriter(err), "--version")).isEqualTo(1);
        assertThat(err.toString()).contains("standard output").hasLineCount(1);
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                usage("Missing COMMAND"),
                usage("'bogus'", "bogus"),
                usage("llama-ffm complete", "complet", "prompt"),
                usage("'PROMPT'", "complete"),
                usage("'two'", "complete", "one", "two"),
                usage("Unknown option: '-x'", "complete", "-x"),
                usage("Unknown option: '--verbose'", "complete", "--verbose", "prompt"),
                usage("'--model'", "complete", "prompt", "--model"),
                usage("--max-tokens': 0 is not at least 1", "complete", "--max-tokens", "0", "prompt"),
                usage("--max-tokens': -1 is not at least 1", "complete", "--max-tokens=-1", "prompt"),
                usage("--max-tokens': '2147483648' is not", "complete", "--max-tokens", "2147483648", "prompt"),
                usage("--max-tokens': 'many' is not", "complete", "--max-tokens", "many", "prompt"),
                usage("--temperature': -0.1 is not", "complete", "--temperature", "-0.1", "prompt"),
                usage("--temperature': NaN is not", "complete", "--temperature", "NaN", "prompt"),
                usage("--temperature': Infinity is not", "complete", "--temperature", "1e999", "prompt"),
                usage("--seed': -1 is not", "complete", "--seed", "-1", "prompt"),
                usage("--seed': 4294967295 is not", "complete", "--seed", "4294967295", "prompt"),
                usage("--threads': 0 is not", "complete", "--threads", "0", "prompt"),
                usage("--threads': 513 is not", "complete", "--threads", "513", "prompt"),
                usage("'--seed'", "complete", "--seed", "1", "--seed", "2", "prompt"),
                usage("'PROMPT'", "run"),
                usage("'two'", "run", "one", "two"),
                usage("--max-tokens': 0 is not at least 1", "run", "--max-tokens", "0", "prompt"),
                usage("--reasoning': on is not off or a number", "run", "--reasoning", "on", "prompt"),
                usage("--reasoning': 0 is not off or a number", "run", "--reasoning", "0", "prompt"),
                usage("--seed': -1 is not", "chat", "--seed", "-1"),
                usage("'extra'", "chat", "extra"),
                usage("--n-prompt': ,4 is not a list", "bench", "-p", ",4"),
                usage("--n-prompt': 1-4+0 has a range that does not grow", "bench", "-p", "1-4+0"),
                usage("--n-gen': -1 is not a list", "bench", "-n", "-1"),
                usage("'-pg': 4 is not two numbers", "bench", "-pg", "4"),
                usage("--threads': 0 is not from 1 to 512", "bench", "-t", "1,0"),
                usage("--batch-size': 0 is not", "bench", "-b", "0"),
                usage("--cache-type-k': f16,f32 is not of f16, bf16", "bench", "-ctk", "f16,f32"),
                usage("--flash-attn': maybe is not of on, off, auto", "bench", "-fa", "maybe"),
                usage("--sampler': top is not of none, greedy, default", "bench", "--sampler", "top"),
                usage("--output': sql is not md", "bench", "-o", "sql"),
                usage("--repetitions': 0 is not", "bench", "-r", "0"),
                usage("--model': a,,b has an empty name", "bench", "-m", "a,,b"),
                usage("Nothing to measure", "bench", "-p", "0", "-n", "0"),
                usage("more than a context can have", "bench", "-p", "2147483647", "-d", "1"),
                usage("-npl needs -npp and -ntg", "bench", "-npl", "2", "-npp", "4"),
                usage("go with -npl", "bench", "-npp", "4"),
                usage("for another call", "bench", "-npp", "4", "-ntg", "4", "-npl", "2", "-p", "4"),
                usage("-npl': 257 is not from 1 to 256", "bench", "-npp", "4", "-ntg", "4", "-npl", "257"),
                usage("'extra'", "devices", "extra"),
                usage("'FILE'", "model-jar"),
                usage("Rename the file", "model-jar", "a model.gguf"));
    }

    private static Arguments usage(String message, String... args) {
        return Arguments.of(message, List.of(args));
    }

    @ParameterizedTest
    @MethodSource("wrongUsage")
    void wrongUsageIsExitCodeTwo(String message, List<String> args) {
        assertThat(run(args.toArray(String[]::new))).isEqualTo(2);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("llama-ffm: ").contains(message, "--help").doesNotContain("Exception");
    }

    @Test
    void packsAModel() throws IOException {
        Path model = Files.writeString(folder.resolve("tiny.gguf"), "GGUF and whatever follows");
        Path jar = folder.resolve("made/tiny-1.0.jar");

        assertThat(run("model-jar", model.toString(), "--output", jar.toString())).isZero();

        assertThat(out.toString()).contains(jar.toString(), "META-INF/llama-ffm/models/tiny.gguf");
        try (JarFile made = new JarFile(jar.toFile())) {
            var entry = made.getEntry("META-INF/llama-ffm/models/tiny.gguf");
            assertThat(made.getInputStream(entry).readAllBytes()).isEqualTo(Files.readAllBytes(model));
        }
    }

    @Test
    void failureIsExitCodeOneAndOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.gguf"), "no model");

        for (Path model : List.of(folder.resolve("missing.gguf"), folder, text)) {
            err.getBuffer().setLength(0);

            assertThat(run("model-jar", model.toString(), "--output", folder.resolve("a.jar").toString())).isEqualTo(1);
            assertThat(err.toString()).startsWith("llama-ffm: ").contains(model.toString()).hasLineCount(1);
        }
        assertThat(out.toString()).isEmpty();
        assertThat(folder).isDirectoryNotContaining("glob:**.jar");
    }
}
