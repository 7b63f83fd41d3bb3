package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The script {@code llama-ffm} in a checkout whose command is built: the archive that it starts from. */
class StartIT {

    private static final long LIMIT_SECONDS = 300;
    private static final String NOTE = "preparing llama-ffm to start fast: seconds, once for each build and JDK\n";

    @TempDir(factory = BesideTheJars.class)
    private static Path first;

    private static Result firstResult;

    @TempDir(factory = BesideTheJars.class)
    private Path folder;

    private Path checkout;

    @BeforeAll
    static void startForTheFirstTime() throws Exception {
        firstResult = start(build(first.resolve("a checkout")), Map.of());
    }

    /** With the archive of the first start: that of equal jars. */
    @BeforeEach
    void buildAgain() throws IOException {
        checkout = build(folder.resolve("checkout"));
        Path archive = archives(first.resolve("a checkout")).getFirst();
        Files.copy(archive, app(checkout).resolve(archive.getFileName()));
    }

    @Test
    void theFirstStartMakesTheArchive() throws IOException {
        assertThat(firstResult).isEqualTo(new Result(0, firstResult.stdout, NOTE));
        assertThat(firstResult.stdout).startsWith("llama-ffm ");
        assertThat(archives(first.resolve("a checkout"))).singleElement().satisfies(file -> assertThat(file).isNotEmptyFile());
    }

    @Test
    void laterStartsUseIt() throws Exception {
        assertThat(start(checkout, Map.of())).isEqualTo(new Result(0, firstResult.stdout, ""));
        assertThat(mapped()).isTrue();
    }

    @Test
    void aChangedJarMakesAnotherOne() throws Exception {
        Path archive = archives(checkout).getFirst();
        Path jar = app(checkout).resolve("lib/changed.jar");
        Files.copy(cliJar(), jar);
        Files.setLastModifiedTime(archive, FileTime.from(Files.getLastModifiedTime(jar).toInstant().minusSeconds(60)));
        assertThat(start(checkout, Map.of())).isEqualTo(new Result(0, firstResult.stdout, NOTE));
        assertThat(archives(checkout)).containsExactly(archive);
        assertThat(Files.getLastModifiedTime(archive)).isGreaterThanOrEqualTo(Files.getLastModifiedTime(jar));
        assertThat(mapped()).isTrue();
    }

    @Test
    void aBrokenOneDoesNoHarm() throws Exception {
        Files.writeString(archives(checkout).getFirst(), "no archive");
        assertThat(start(checkout, Map.of())).isEqualTo(new Result(0, firstResult.stdout, ""));
        assertThat(mapped()).isFalse();
    }

    @Test
    void oneThatCannotBeMadeIsTriedOnce() throws Exception {
        Path archive = archives(checkout).getFirst();
        Files.delete(archive);
        Map<String, String> noNatives = Map.of("LLAMAFFM_LIBRARY_PATH", folder.resolve("missing").toString());
        assertThat(start(checkout, noNatives)).isEqualTo(new Result(0, firstResult.stdout, NOTE));
        assertThat(archives(checkout)).singleElement().satisfies(file -> assertThat(file).isEmptyFile());
        assertThat(start(checkout, noNatives)).isEqualTo(new Result(0, firstResult.stdout, ""));
    }

    @Test
    void nothingIsWrittenWhereItsNameIsTaken() throws Exception {
        Path archive = archives(checkout).getFirst();
        Files.delete(archive);
        Files.createDirectory(archive);
        assertThat(start(checkout, Map.of())).isEqualTo(new Result(0, firstResult.stdout, ""));
    }

    @Test
    void anArchiveOfTheUsersOwnComesFirst() throws Exception {
        Result result = start(checkout, Map.of("JDK_JAVA_OPTIONS", "-Xshare:auto"));
        assertThat(result.exitCode).isZero();
        assertThat(result.stdout).isEqualTo(firstResult.stdout);
    }

    /** Whether the command's classes come out of the archive. */
    private boolean mapped() throws Exception {
        Path log = folder.resolve("classes.log");
        assertThat(start(checkout, Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + log)).exitCode).isZero();
        return Files.readAllLines(log).stream()
                .anyMatch(line -> line.matches(".* io\\.github\\.llamaffm\\.cli\\.Main source: shared objects file.*"));
    }

    /** A checkout without sources is up to date. */
    private static Path build(Path checkout) throws IOException {
        Files.createDirectories(checkout.resolve("ci"));
        Files.copy(Path.of("..", "llama-ffm"), checkout.resolve("llama-ffm"));
        Files.copy(Path.of("..", "ci", "lib.sh"), checkout.resolve("ci/lib.sh"));
        Path lib = Files.createDirectories(app(checkout).resolve("lib"));
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("cli.lib")))) {
            for (Path jar : jars.toList()) {
                Files.createLink(lib.resolve(jar.getFileName()), jar);
            }
        }
        Files.createFile(app(checkout).resolve(".built"));
        return checkout;
    }

    private static Path app(Path checkout) {
        return checkout.resolve("cli/target/llama-ffm");
    }

    private static List<Path> archives(Path checkout) throws IOException {
        try (Stream<Path> files = Files.list(app(checkout))) {
            return files.filter(file -> file.getFileName().toString().matches("start-.*")).toList();
        }
    }

    private static Path cliJar() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("cli.lib")))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("llama-ffm-cli")).findFirst().orElseThrow();
        }
    }

    private static Result start(Path checkout, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = checkout.resolveSibling("stdout");
        Path err = checkout.resolveSibling("stderr");
        ProcessBuilder builder = new ProcessBuilder("bash", checkout.resolve("llama-ffm").toString(), "--version")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** So that jars are linked and not copied. */
    static final class BesideTheJars implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of(System.getProperty("cli.lib")).getParent(), "StartIT");
        }
    }

    private record Result(int exitCode, String stdout, String stderr) {}
}
