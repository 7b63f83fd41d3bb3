package io.github.llamaffm.chat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.TestFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Upstream's own chat code: the program {@code chat-answers} of the peers. One thread. */
public final class UpstreamChat implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;

    private UpstreamChat(Process process) {
        this.process = process;
        this.answers = process.inputReader();
        this.questions = process.outputWriter();
    }

    static UpstreamChat start() {
        try {
            return new UpstreamChat(new ProcessBuilder(TestFiles.peers().resolve("chat-answers").toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pinned tree's templates, sorted by name. */
    static List<Path> templates() {
        try (Stream<Path> files = Files.list(TestFiles.sources().resolve("models/templates"))) {
            return files.filter(file -> file.toString().endsWith(".jinja")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of them. */
    public static String source(String template) {
        return source(TestFiles.sources().resolve("models/templates/" + template + ".jinja"));
    }

    static String source(Path template) {
        try {
            return Files.readString(template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A vocabulary without weights. */
    static Model vocabulary(String name) {
        return Model.load(TestFiles.sources().resolve("models/ggml-vocab-" + name + ".gguf"), ModelOptions.builder().vocabularyOnly(true).build());
    }

    /** Asks, while the caller goes on; {@link #answer()} then waits. One question at a time. */
    void ask(Object question) {
        try {
            questions.write(Json.MAPPER.writeValueAsString(question));
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it answers; {@code {"error": …}} where it fails. */
    JsonNode answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new AssertionError("chat-answers ended with " + process.onExit().join().exitValue());
            }
            return Json.MAPPER.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
