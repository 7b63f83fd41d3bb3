package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A JVM of its own for what must not happen in the JVM of the tests: a library that is loaded, an exit, a crash. Describe
 * it, then {@link #run()} it. It inherits nothing that steers the loader.
 */
public final class ChildJvm {

    /** What a process left behind. */
    public record Result(int exitCode, String stdout, String stderr) {

        /** Fails unless it ended with that code without a byte of output. */
        public void assertSilentExit(int expected) {
            assertThat(this).isEqualTo(new Result(expected, "", ""));
        }
    }

    private final String main;
    private final List<String> arguments;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options =
            new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny"));
    private final Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));
    private String classPath = System.getProperty("java.class.path");

    private ChildJvm(String main, List<String> arguments) {
        this.main = main;
        this.arguments = arguments;
    }

    public static ChildJvm of(Class<?> main, Object... arguments) {
        return new ChildJvm(
                main.getName(), Arrays.stream(arguments).map(String::valueOf).toList());
    }

    /** Replaces the class path, which is that of this JVM otherwise. */
    public ChildJvm classPath(Path... entries) {
        classPath = String.join(
                File.pathSeparator, Arrays.stream(entries).map(Path::toString).toList());
        return this;
    }

    public ChildJvm property(String name, Object value) {
        options.add("-D" + name + "=" + value);
        return this;
    }

    public ChildJvm options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    public ChildJvm environment(String name, Object value) {
        environment.put(name, value.toString());
        return this;
    }

    /** A command that runs the command line which follows it. */
    public ChildJvm under(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    public Running start() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("LLAMAFFM_")
                        || name.startsWith("XDG_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        Path stderr = Files.createTempFile("child-jvm", ".stderr");
        return new Running(builder.redirectError(stderr.toFile()).start(), stderr);
    }

    public Result run() throws IOException, InterruptedException {
        return start().await();
    }

    /** A process under way. */
    public static final class Running {

        private final Process process;
        private final BufferedReader stdout;
        private final Path stderr;

        private Running(Process process, Path stderr) {
            this.process = process;
            this.stdout = process.inputReader(StandardCharsets.UTF_8);
            this.stderr = stderr;
        }

        /** Waits for its next line on stdout. */
        public String readLine() throws IOException {
            String line = stdout.readLine();
            if (line == null) {
                throw new IllegalStateException("the child JVM ended: " + Files.readString(stderr));
            }
            return line;
        }

        /** Its operating system handle: for signals. */
        public Process process() {
            return process;
        }

        /** Ends it without a chance to clean up, and waits for that. */
        public void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        /** Waits for its end; stdout is what was not read before. */
        public Result await() throws IOException, InterruptedException {
            StringBuilder out = new StringBuilder();
            char[] buffer = new char[8192];
            for (int n = stdout.read(buffer); n >= 0; n = stdout.read(buffer)) {
                out.append(buffer, 0, n);
            }
            int exitCode = process.waitFor();
            String err = Files.readString(stderr);
            Files.delete(stderr);
            return new Result(exitCode, out.toString(), err);
        }
    }
}
