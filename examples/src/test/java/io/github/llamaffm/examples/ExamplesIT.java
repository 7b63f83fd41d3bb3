package io.github.llamaffm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each example runs as it stands, in a JVM and an empty folder of its own, and has nothing but its result to say. */
class ExamplesIT {

    static List<String> programs() throws IOException {
        return Sources.programs();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void runs(String program, @TempDir Path folder) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-cp",
                absoluteClassPath(),
                program);
        // Each makes a JVM greet on stderr.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.directory(Files.createDirectory(folder.resolve("work")).toFile());
        Path errors = folder.resolve("stderr");
        Process process = builder.redirectError(errors.toFile()).start();

        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        assertThat(errors).isEmptyFile();
        assertThat(text).isNotBlank();
    }

    private static String absoluteClassPath() {
        return String.join(java.io.File.pathSeparator, List.of(System.getProperty("java.class.path")
                .split(java.io.File.pathSeparator)).stream().map(entry -> Path.of(entry).toAbsolutePath().toString()).toList());
    }
}
