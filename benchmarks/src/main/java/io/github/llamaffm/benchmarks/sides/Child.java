package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process that has ended, and when it said what.
 *
 * @param moments one for each piece of stdout as it came
 */
public record Child(String stdout, String stderr, List<Moment> moments) {

    /** Longer than any run takes. */
    private static final int LIMIT_MINUTES = 10;

    private static final int TRIES = 10;

    /**
     * @param bytes of stdout until then
     * @param nanos since the process was started
     * @param cpu its user CPU time until then in nanoseconds
     */
    public record Moment(int bytes, double nanos, OptionalDouble cpu) {}

    /** @throws IllegalStateException if its exit code is not 0, with the end of its stderr */
    public static Child run(List<String> command) {
        return run(command, false);
    }

    /** As {@link #run(List)}, with stderr in stdout, so that both have moments. */
    static Child runTogether(List<String> command) {
        return run(command, true);
    }

    private static Child run(List<String> command, boolean together) {
        try {
            Path errors = Files.createTempFile("bench", ".stderr");
            try {
                return run(new ProcessBuilder(command).redirectError(errors.toFile()).redirectErrorStream(together), errors);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        }
    }

    /**
     * Until it has said what it was run for: upstream's tools do not wait for the thread that writes their logs, and now and then
     * the last lines are missing.
     */
    static Child run(List<String> command, Predicate<Child> said) {
        for (int i = 1;; i++) {
            Child child = run(command);
            if (said.test(child)) {
                return child;
            }
            if (i == TRIES) {
                throw new IllegalStateException("%s lost its figures %d times%n%s".formatted(String.join(" ", command), i, end(child.stderr)));
            }
        }
    }

    private static Child run(ProcessBuilder builder, Path errors) throws IOException {
        // Each makes a JVM greet on stderr.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        long start = System.nanoTime();
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES).execute(() -> end(process));
        StringBuilder text = new StringBuilder();
        List<Moment> moments = new ArrayList<>();
        byte[] buffer = new byte[1 << 16];
        try (InputStream out = process.getInputStream()) {
            for (int n; (n = out.read(buffer)) > 0;) {
                double nanos = System.nanoTime() - start;
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                moments.add(new Moment(text.length(), nanos, cpu(process)));
            }
            int exit = process.waitFor();
            String said = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
            if (exit != 0) {
                throw new IllegalStateException("%s: exit code %d%n%s".formatted(
                        String.join(" ", builder.command()), exit, end(builder.redirectErrorStream() ? text.toString() : said)));
            }
            return new Child(text.toString(), said, moments);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            end(process);
        }
    }

    /** What it started too. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** The lines of stdout that are JSON objects. */
    public List<String> json() {
        return stdout.lines().filter(line -> line.startsWith("{")).toList();
    }

    /** When everything until this offset of stdout had come. */
    Moment at(int offset) {
        return moments.stream().filter(moment -> moment.bytes() > offset).findFirst()
                .orElseThrow(() -> new IllegalStateException("stdout ends before byte " + offset));
    }

    /** User CPU time between two offsets of stdout. */
    OptionalDouble cpuBetween(int from, int to) {
        OptionalDouble before = at(from).cpu();
        OptionalDouble after = at(to).cpu();
        return before.isPresent() && after.isPresent() ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble()) : OptionalDouble.empty();
    }

    private static OptionalDouble cpu(Process process) {
        try {
            return OptionalDouble.of(Result.cpu(Long.toString(process.pid())));
        } catch (UncheckedIOException | StringIndexOutOfBoundsException _) {
            return OptionalDouble.empty(); // it has just ended, or this is not Linux
        }
    }

    private static String end(String text) {
        return text.substring(Math.max(0, text.length() - 2000));
    }
}
