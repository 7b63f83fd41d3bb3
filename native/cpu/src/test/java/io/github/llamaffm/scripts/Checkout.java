package io.github.llamaffm.scripts;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A small checkout with copies of the real build scripts and pins of its own, so that each way to go wrong is quick to
 * try. Its scripts reach no network: every registry is a closed port of this machine.
 */
final class Checkout {

    /** The repository that holds this module. */
    static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();

    private static final String CLOSED = "http://127.0.0.1:9";

    final Path root;
    final Path cache;
    final Map<String, String> environment = new TreeMap<>();

    /** What a script did. */
    record Run(int status, String out, String err) {

        /** The last line on stdout: the path that the script answers. */
        Path path() {
            return Path.of(out.strip());
        }
    }

    Checkout(Path folder) {
        root = folder.resolve("check out"); // a space, because users have them
        cache = folder.resolve("cache");
        for (String script : List.of("ci/lib.sh", "native/build", "native/index", "native/check", "native/cuda/toolkit",
                "third_party/llama.cpp/fetch", "third_party/llama.cpp/routes.sh", "models/smollm2-135m/fetch")) {
            copyScript(script);
        }
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.toString());
        environment.put("LLAMAFFM_BUILD_CACHE", cache.toString());
        environment.put("https_proxy", CLOSED);
        environment.put("npm_config_registry", CLOSED);
        environment.put("npm_config_fetch_retries", "0");
        environment.put("PIP_INDEX_URL", CLOSED);
        environment.put("PIP_RETRIES", "0");
    }

    void copyScript(String script) {
        copy(REPOSITORY.resolve(script), root.resolve(script));
    }

    void write(String file, String text) {
        write(root.resolve(file), text);
    }

    /** Makes the folders above it, too. */
    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hides all programs from the scripts but those that every system has, and those given. */
    void onlyPrograms(String... programs) {
        Path bin = root.resolveSibling("bin");
        Stream<String> everywhere = Stream.of(("bash basename cat cp cut dirname env find flock grep head ln ls mkdir mktemp mv perl "
                + "printf pwd readlink rm sed sha256sum shasum sort tail tar touch tr uname wc").split(" "));
        Stream.concat(everywhere, Stream.of(programs)).forEach(program -> forward(bin, program));
        environment.put("PATH", bin.toString());
    }

    private static void forward(Path bin, String program) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                try {
                    Files.createDirectories(bin);
                    Path script = Files.writeString(bin.resolve(program), "#!/bin/sh\nexec " + file + " \"$@\"\n");
                    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return;
            }
        }
    }

    /** Starts a script; its stderr goes to a file, its stdout to the caller. */
    Process start(Path err, String script, String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command(script, arguments)).redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Run run(String script, String... arguments) {
        return execute(root, environment, command(script, arguments));
    }

    private List<String> command(String script, String... arguments) {
        return Stream.concat(Stream.of(root.resolve(script).toString()), Stream.of(arguments)).toList();
    }

    /** Runs a program of this machine in a folder, for what a test has to prepare. */
    static String prepare(Path folder, String... command) {
        Run run = execute(folder, System.getenv(), List.of(command));
        if (run.status != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + run.err);
        }
        return run.out.strip();
    }

    static String git(Path folder, String... arguments) {
        return prepare(folder, Stream.concat(Stream.of("git"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static Run execute(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path err = Files.createTempFile("err", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Run run = new Run(process.waitFor(), out, Files.readString(err));
            Files.delete(err);
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
