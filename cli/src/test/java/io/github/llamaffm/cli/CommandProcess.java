package io.github.llamaffm.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The assembled command in a process of its own, started as the script at the root starts it, in a folder that must be
 * empty at the end.
 */
final class CommandProcess {

    private static final long LIMIT_SECONDS = 300;

    private final Process process;
    private final Path folder;
    private final CompletableFuture<String> stderr;

    private CommandProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        stderr = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), task -> Thread.ofVirtual().start(task));
    }

    /** Runs the command to its end. */
    static Result run(Path folder, String... args) {
        return run(folder, Map.of(), args);
    }

    /** Runs the command to its end, with more environment variables. */
    static Result run(Path folder, Map<String, String> environment, String... args) {
        CommandProcess command = start(folder, environment, args);
        String stdout = text(command.process.getInputStream());
        return command.waitFor(stdout);
    }

    /** Runs the command to its end on a text. */
    static Result runOn(String stdin, Path folder, String... args) {
        CommandProcess command = start(folder, Map.of(), args);
        try (OutputStream out = command.process.getOutputStream()) {
            out.write(stdin.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return command.waitFor(text(command.process.getInputStream()));
    }

    /** Starts the command; its stdout is the caller's. */
    static CommandProcess start(Path folder, Map<String, String> environment, String... args) {
        ProcessBuilder builder = builder(folder, args);
        builder.environment().putAll(environment);
        try {
            return new CommandProcess(builder.start(), folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What starts the command. */
    static ProcessBuilder builder(Path folder, String... args) {
        List<String> line = new ArrayList<>();
        // A shell that starts its jobs in the background makes them, and what they start, ignore Ctrl-C.
        line.addAll(List.of("env", "--default-signal=INT"));
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny"));
        line.addAll(List.of("-cp", System.getProperty("cli.lib") + File.separator + "*", Main.class.getName()));
        line.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        // Each makes a JVM greet on stderr.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }

    InputStream stdout() {
        return process.getInputStream();
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start().waitFor();
        if (exitCode != 0) {
            throw new AssertionError("kill: exit code " + exitCode);
        }
    }

    Result waitFor(String stdout) {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after " + LIMIT_SECONDS + " s; stderr: " + stderr.join());
            }
            try (Stream<Path> left = Files.list(folder)) {
                return new Result(process.exitValue(), stdout, stderr.join(), left.toList());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * How it ended.
     *
     * @param files what it left in its folder: a crash log would be there
     */
    record Result(int exitCode, String stdout, String stderr, List<Path> files) {}
}
