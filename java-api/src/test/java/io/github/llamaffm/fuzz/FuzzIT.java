package io.github.llamaffm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.DocsPage;
import io.github.llamaffm.support.RandomModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random operations over the whole API end no process, hang nowhere, throw what is documented and keep nothing. {@code
 * -Dfuzz.operations=100000} is the soak that {@code ci/soak fuzz} runs; {@code -Dfuzz.threads=1} replays exactly.
 */
class FuzzIT {
    private static final int OPERATIONS = Integer.getInteger("fuzz.operations", 4000);
    private static final int THREADS = Integer.getInteger("fuzz.threads", 4);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_125);

    @Test
    void nothingEndsHangsOrGrows() throws Exception {
        Path folder = emptyFolder();
        Path models = Files.createDirectory(folder.resolve("models"));
        List<Object> arguments = new ArrayList<>(List.of(folder, SEED, OPERATIONS, THREADS));
        arguments.addAll(RandomModels.make("^(jamba|lfm2|qwen2vl)$", models));
        var child = ChildJvm.of(FuzzProgram.class)
                .options("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-XX:-CreateCoredumpOnCrash")
                .arguments(arguments.toArray())
                .limit(Duration.ofHours(6));
        List.of("fuzz.round", "fuzz.hang", "fuzz.report").forEach(name -> child.property(name, System.getProperty(name)));
        try {
            ChildJvm.Result result = child.run();
            assertThat(result.stderr()).as("stderr; logged at last: %s", result.log().substring(Math.max(0, result.log().length() - 4000))).isEmpty();
            assertThat(result.exitCode()).isZero();
        } catch (AssertionError e) {
            throw new AssertionError("-Dfuzz.seed=%d -Dfuzz.operations=%d -Dfuzz.threads=%d replays this.%nThe last operations:%n%s%n%s"
                    .formatted(SEED, OPERATIONS, THREADS, lastOperations(folder), e.getMessage()), e);
        }
        if (Boolean.getBoolean("fuzz.report")) {
            DocsPage.update("safety/fuzz.md", Files.readString(folder.resolve("report.md")));
        }
    }

    /** Stays after the test, with what the run has written. */
    private static Path emptyFolder() throws IOException {
        Path folder = Path.of("target", "fuzz").toAbsolutePath();
        if (Files.exists(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(folder);
    }

    private static String lastOperations(Path folder) {
        Path trace = folder.resolve("trace");
        return Files.exists(trace) ? String.join(System.lineSeparator(), Trace.read(trace)) : "(no trace)";
    }
}
