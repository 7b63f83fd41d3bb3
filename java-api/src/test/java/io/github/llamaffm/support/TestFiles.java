package io.github.llamaffm.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files that integration tests read: {@code ci/test-files} links to them, java-api/pom.xml names them by property. */
public final class TestFiles {
    private TestFiles() {
    }

    /** The default model, a GGUF of 98 MB. */
    public static Path model() {
        return named("llamaffm.model");
    }

    /** Upstream's tools: llama-server and others, same commit, compiler and CPU variant as our libraries. */
    public static Path peers() {
        return named("llamaffm.peers.dir");
    }

    /** Our own tools on the core library: {@code ref}. */
    public static Path tools() {
        return named("llamaffm.tools.dir");
    }

    /** What {@code ci/reference} wrote: {@code prompt}, {@code tokens} and {@code logits} of the default model. */
    public static Path reference() {
        return named("llamaffm.reference.dir");
    }

    /** The pinned llama.cpp sources. */
    public static Path sources() {
        return named("llamaffm.sources.dir");
    }

    /** Models without weights, one for each kind of tokenizer that upstream tests, sorted by name. */
    public static List<Path> vocabularies() {
        try (Stream<Path> files = Files.list(sources().resolve("models"))) {
            return files.filter(file -> file.getFileName().toString().matches("ggml-vocab-.*\\.gguf")).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path named(String property) {
        String value = System.getProperty(property);
        if (value == null || !Files.exists(Path.of(value))) {
            throw new AssertionError("-D" + property + "=" + value
                    + " names no file. `mvn verify` sets it; by hand: ci/test-files FOLDER");
        }
        return Path.of(value).toAbsolutePath();
    }
}
