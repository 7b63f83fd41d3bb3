package io.github.llamaffm.leaks;

import io.github.llamaffm.support.Collected;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What rounds are made of.
 *
 * @param model a file of some hundred kilobytes
 * @param narrow the same with heads of 16 floats
 * @param damaged the same, cut off at several places
 * @param ranking a model that embeds, and ranks
 * @param lora for the model
 * @param folder for what rounds write
 */
record Fixture(Path model, Path narrow, List<Path> damaged, Path ranking, Path lora, Path folder, Collected collected) {

    private static final int CUTS = 8;

    static Fixture in(Path folder) {
        TinyModel tiny = TinyModel.llama();
        byte[] bytes = tiny.toBytes();
        List<Path> damaged = IntStream.range(1, CUTS)
                .mapToObj(i -> write(folder.resolve("cut-" + i + ".gguf"), Arrays.copyOf(bytes, bytes.length * i / CUTS)))
                .toList();
        return new Fixture(write(folder.resolve("tiny.gguf"), bytes), tiny.heads(4, 2).writeTo(folder.resolve("narrow.gguf")),
                damaged,
                TinyModel.reranker().writeTo(folder.resolve("ranking.gguf")),
                TinyLora.of(tiny).writeTo(folder.resolve("lora.gguf")), folder, new Collected());
    }

    private static Path write(Path path, byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Fixture with(Collected others) {
        return new Fixture(model, narrow, damaged, ranking, lora, folder, others);
    }

    /** For a closed object, see {@link Collected}. */
    <T> T watch(T object) {
        return collected.watch(object);
    }

    /** Runs what must fail. */
    static void fails(Class<? extends Exception> how, Runnable work) {
        try {
            work.run();
        } catch (Exception e) {
            if (how.isInstance(e)) {
                return;
            }
            throw new AssertionError("expected " + how.getSimpleName(), e);
        }
        throw new AssertionError("expected " + how.getSimpleName() + ", nothing was thrown");
    }
}
