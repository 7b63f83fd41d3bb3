package io.github.llamaffm.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tiny models with random weights of nearly every architecture, made by upstream's test-llama-archs in milliseconds. */
public final class ArchModels {

    private static final int SEED = 42;

    private ArchModels() {}

    /**
     * Makes models of 128 tokens of vocabulary and a trained context of 256 tokens.
     *
     * @param architectures a regular expression of names such as {@code gemma2}
     * @param folder where they are written, as {@code gemma2-dense.gguf} or {@code gpt-oss-moe.gguf}
     */
    public static void make(String architectures, Path folder) {
        Path log = folder.resolve("test-llama-archs.log");
        try {
            Process process = new ProcessBuilder(TestFiles.peers().resolve("test-llama-archs").toString(),
                    "-s", Integer.toString(SEED), "-a", "^(" + architectures + ")$", "-o", folder.toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            if (process.waitFor() != 0) {
                throw new AssertionError(Files.readString(log));
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The file of an architecture, which {@link #make} made. */
    public static Path find(String architecture, Path folder) {
        for (String kind : List.of("dense", "moe")) {
            Path file = folder.resolve(architecture + "-" + kind + ".gguf");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new AssertionError("no model of " + architecture);
    }
}
