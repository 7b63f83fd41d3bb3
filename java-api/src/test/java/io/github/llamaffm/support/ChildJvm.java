package io.github.llamaffm.support;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A main class in a JVM of its own, on the class path of the test: for what ends a process, or must not write to it.
 *
 * <pre>{@code ChildJvm.of(Program.class).arguments("load", "40").run().assertSilent();}</pre>
 *
 * <p>The child starts in a new empty folder, so that whatever it leaves behind is seen, and inherits the
 * {@code llamaffm.*} properties of the test. A crash log in that folder fails every test. What it logs (slf4j-simple) goes
 * to a file beside that folder, not to stderr.
 */
public final class ChildJvm {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** How many times slower than usual native code may be: ci/sanitize. */
    private static final int PATIENCE = Integer.getInteger("test.patience", 1);

    private final String mainClass;
    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> launcher = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private List<String> arguments = List.of();
    private Duration limit = LIMIT;
    private String classPath = System.getProperty("java.class.path");

    private ChildJvm(String mainClass) {
        this.mainClass = mainClass;
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("llamaffm."))
                .forEach(name -> properties.put(name, System.getProperty(name)));
    }

    public static ChildJvm of(Class<?> mainClass) {
        return new ChildJvm(mainClass.getName());
    }

    public ChildJvm arguments(Object... values) {
        arguments = Stream.of(values).map(Object::toString).toList();
        return this;
    }

    /** Adds options of the JVM, such as {@code -Xss1m}. */
    public ChildJvm options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Sets a system property of the child; null removes an inherited one. */
    public ChildJvm property(String name, Object value) {
        if (value == null) {
            properties.remove(name);
        } else {
            properties.put(name, value.toString());
        }
        return this;
    }

    public ChildJvm environment(String name, Object value) {
        environment.put(name, value.toString());
        return this;
    }

    /** Starts the JVM through another command, such as {@code env --default-signal=INT}. */
    public ChildJvm through(String... command) {
        launcher.addAll(List.of(command));
        return this;
    }

    public ChildJvm classPath(String value) {
        classPath = value;
        return this;
    }

    /** How long it may run: 3 minutes where this is not called. */
    public ChildJvm limit(Duration value) {
        limit = value;
        return this;
    }

    /** Starts the child and returns at once. */
    public Running start() {
        var command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        try {
            Path parent = Files.createDirectories(Path.of("target", "child-jvm"));
            Path folder = Files.createTempDirectory(parent.toAbsolutePath(), "");
            Path log = Path.of(folder + ".log");
            command.add("-Dorg.slf4j.simpleLogger.logFile=" + log);
            command.addAll(List.of("-cp", absolute(classPath), mainClass));
            command.addAll(arguments);
            var builder = new ProcessBuilder(command).directory(folder.toFile());
            // Each makes a JVM greet on stderr.
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
            builder.environment().putAll(environment);
            return new Running(builder.start(), folder, log, limit);
        } catch (IOException e) {
            throw new AssertionError("no child JVM: " + e, e);
        }
    }

    /** The child runs in another folder. */
    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Runs the child to its end. */
    public Result run() {
        return start().waitFor();
    }

    /** A child that has been started. */
    public static final class Running {
        private final Process process;
        private final Path folder;
        private final Path log;
        private final Duration limit;
        private final CompletableFuture<String> stdout;
        private final CompletableFuture<String> stderr;

        private Running(Process process, Path folder, Path log, Duration limit) {
            this.process = process;
            this.folder = folder;
            this.log = log;
            this.limit = limit.multipliedBy(PATIENCE);
            stdout = text(process.getInputStream());
            stderr = text(process.getErrorStream());
        }

        public Process process() {
            return process;
        }

        /** The folder that the child runs in. */
        public Path folder() {
            return folder;
        }

        public Result waitFor() {
            try {
                if (!process.waitFor(limit)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError("still running after " + limit.toSeconds() + " s: " + process.info()
                            + "\nstdout: " + stdout.join() + "\nstderr: " + stderr.join());
                }
                var result = new Result(process.exitValue(), stdout.join(), stderr.join(), takeLog(), takeFiles());
                if (result.files().stream().anyMatch(name -> name.startsWith("hs_err"))) {
                    throw new AssertionError("the JVM crashed, see " + folder + "\n" + result);
                }
                return result;
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw new AssertionError("interrupted", e);
            }
        }

        private static CompletableFuture<String> text(InputStream stream) {
            return CompletableFuture.supplyAsync(() -> {
                try (stream) {
                    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    return "(unreadable: " + e + ")";
                }
            }, task -> Thread.ofVirtual().start(task));
        }

        private String takeLog() throws IOException {
            String lines = Files.exists(log) ? Files.readString(log) : "";
            Files.deleteIfExists(log);
            return lines;
        }

        private List<String> takeFiles() throws IOException {
            List<String> names;
            try (Stream<Path> files = Files.list(folder)) {
                names = files.map(file -> file.getFileName().toString()).sorted().toList();
            }
            if (names.isEmpty()) {
                Files.delete(folder);
            }
            return names;
        }
    }

    /**
     * How a child ended.
     *
     * @param exitCode 128 + n after signal n
     * @param log      what it logged, a line each
     * @param files    what it left in the folder it ran in
     */
    public record Result(int exitCode, String stdout, String stderr, String log, List<String> files) {
        /** Exit code 0, not a byte on stdout and stderr, no file left behind. */
        public void assertSilent() {
            if (exitCode != 0 || !stdout.isEmpty() || !stderr.isEmpty() || !files.isEmpty()) {
                throw new AssertionError("expected exit code 0 and silence: " + this);
            }
        }

        /** Exit code 0 and nothing on stderr; what was written to stdout is returned. */
        public String assertSuccess() {
            if (exitCode != 0 || !stderr.isEmpty() || !files.isEmpty()) {
                throw new AssertionError("expected exit code 0 and an empty stderr: " + this);
            }
            return stdout;
        }
    }
}
