package io.github.llamaffm.bindings;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class of these tests in a JVM of its own, with the class path of this one. */
final class ChildJvm {

    record Result(int exitCode, String stdout, String stderr) {}

    private final Process process;
    private final BufferedReader stdout;
    private final Path stderr;

    private ChildJvm(Process process, Path stderr) {
        this.process = process;
        this.stdout = process.inputReader(StandardCharsets.UTF_8);
        this.stderr = stderr;
    }

    static ChildJvm start(Path scratch, List<String> jvmOptions, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("LLAMAFFM_") || name.equals("JAVA_TOOL_OPTIONS"));
        Path stderr = Files.createTempFile(scratch, "stderr", "");
        return new ChildJvm(builder.redirectError(stderr.toFile()).start(), stderr);
    }

    /** Waits for its next line on stdout. */
    String readLine() throws IOException {
        String line = stdout.readLine();
        if (line == null) {
            throw new IllegalStateException("the child JVM ended: " + Files.readString(stderr));
        }
        return line;
    }

    /** Sends a byte to its stdin. */
    void signal() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Ends it without a chance to clean up, and waits for that. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for its end; stdout is what was not read before. */
    Result await() throws IOException, InterruptedException {
        StringBuilder out = new StringBuilder();
        for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
            out.append(line).append('\n');
        }
        return new Result(process.waitFor(), out.toString(), Files.readString(stderr));
    }
}
