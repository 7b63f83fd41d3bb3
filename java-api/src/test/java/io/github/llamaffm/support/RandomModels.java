package io.github.llamaffm.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Models with random weights that upstream's {@code test-llama-archs} makes, of almost every architecture there is. */
public final class RandomModels {
    private RandomModels() {
    }

    /**
     * Makes the models of some architectures.
     *
     * @param architectures a regular expression that is found in their names
     * @param folder empty, for {@code ARCHITECTURE-dense.gguf} and {@code ARCHITECTURE-moe.gguf}, of 3 to 14 MB each
     * @return the files, sorted by name
     */
    public static List<Path> make(String architectures, Path folder) {
        Peer.run("test-llama-archs", "-s", "42", "-a", architectures, "-o", folder);
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of an architecture, which {@link #make} made. */
    public static Path find(String architecture, Path folder) {
        return Stream.of("dense", "moe")
                .map(kind -> folder.resolve(architecture + "-" + kind + ".gguf"))
                .filter(Files::exists)
                .findFirst().orElseThrow(() -> new AssertionError("no model of " + architecture));
    }
}
