package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** Loads what is not a model; afterwards a model still loads. Arguments: an empty folder, a model. */
final class BadModelFiles {
    private static final int GGUF_VERSION = 3;

    private final Path folder;
    private final Path model;

    private BadModelFiles(Path folder, Path model) {
        this.folder = folder;
        this.model = model;
    }

    public static void main(String[] arguments) throws IOException {
        new BadModelFiles(Path.of(arguments[0]), Path.of(arguments[1])).run();
    }

    private void run() throws IOException {
        refused(folder.resolve("missing.gguf"));
        refused(folder.resolve("no\nfolder/missing.gguf"));
        refused(folder);
        refused(write("empty.gguf", new byte[0]));
        refused(write("text.gguf", "GGUF is a file format; this is a text about it.\n".repeat(1000).getBytes()));
        refused(write("zip.gguf", new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0}));
        for (int version : new int[] {0, 1, 2_000_000_000, Integer.reverseBytes(GGUF_VERSION)}) {
            refused(write("version" + version + ".gguf", withVersion(version)));
        }
        truncated();
        randomBytes();
        assertThatThrownBy(() -> Model.load(ModelSource.resource("META-INF/llama-ffm/models/none.gguf")))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("META-INF/llama-ffm/models/none.gguf");

        try (Model good = Model.load(model);
                Context context = good.newContext(ContextOptions.builder()
                        .contextSize(512)
                        .maxSequences(3)
                        .unifiedCache(false)
                        .threads(1)
                        .build());
                var generation = context.generate("Hello", GenerateOptions.builder().maxTokens(1).build())) {
            assertThat(generation.result().tokens()).hasSize(1);
        }
    }

    private void truncated() throws IOException {
        long size = Files.size(model);
        Path file = folder.resolve("truncated.gguf");
        Files.copy(model, file);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // From the end, each shorter than the one before: the last tensor, the data, the metadata, the header.
            long[] lengths = {size - 1, size - 4096, size / 2, 3_000_000, 100_000, 1000, 33, 24, 23, 8, 7, 4, 3, 1};
            for (long length : lengths) {
                channel.truncate(length);
                refused(file);
            }
        }
    }

    private void randomBytes() throws IOException {
        for (int seed = 1; seed <= 20; seed++) {
            var bytes = new byte[100_000];
            new Random(seed).nextBytes(bytes);
            refused(write("random" + seed + ".gguf", bytes));
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {'G', 'G', 'U', 'F'}).putInt(GGUF_VERSION);
            refused(write("random-header" + seed + ".gguf", bytes));
            // Small counts, so that the reader gets to the keys.
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(8, seed).putLong(16, seed);
            refused(write("random-keys" + seed + ".gguf", bytes));
        }
    }

    private byte[] withVersion(int version) throws IOException {
        var start = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        try (var channel = FileChannel.open(model)) {
            channel.read(start);
        }
        return start.putInt(4, version).array();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static void refused(Path file) {
        assertThatThrownBy(() -> Model.load(file).close())
                .as("loading %s", file)
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining(file.getFileName().toString());
    }
}
