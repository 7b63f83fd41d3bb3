package io.github.llamaffm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is the source that is compiled and run here. */
class ReadmeTest {

    @Test
    void showsTheQuickstartWhole() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String source = Files.readString(Path.of("src/main/java/Quickstart.java"));

        assertThat(readme).containsOnlyOnce("```java\n").contains("```java\n" + source + "```\n");
    }

    @Test
    void theQuickstartHasTenLines() throws IOException {
        assertThat(Files.readAllLines(Path.of("src/main/java/Quickstart.java")))
                .filteredOn(line -> !line.isBlank())
                .hasSizeLessThanOrEqualTo(10);
    }
}
