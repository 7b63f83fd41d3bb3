package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.lifecycle.WriteProgram.Writer;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends while it writes a file leaves none that looks whole and is not, and the next one goes on. */
class FilesIT {

    private static final int MOST_TRIES = 20;

    @TempDir
    private static Path packed;

    /** A model that has to be extracted, because it is compressed. */
    private static Path jar;

    @TempDir
    private Path folder;

    @BeforeAll
    static void pack() throws IOException {
        jar = packed.resolve("compressed.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.setLevel(1);
            zip.putNextEntry(new ZipEntry("model.gguf"));
            Files.copy(TestFiles.model(), zip);
        }
    }

    private ChildJvm child(Writer writer) {
        var child = ChildJvm.of(WriteProgram.class)
                .arguments(writer, TestFiles.model(), folder.resolve(writer == Writer.STATE ? "a.state" : "model.jar"))
                .property("llamaffm.library.path", LlamaRuntime.instance().report().core().getParent())
                .property("llamaffm.cache.dir", folder.resolve("cache"));
        return switch (writer) {
            case STATE, MODEL_JAR -> child;
            case RESOURCE -> child.classPath(System.getProperty("java.class.path") + File.pathSeparator + jar);
            // What Maven has on the class path; by hand there is none, and nothing to unpack.
            case NATIVES -> child.property("llamaffm.library.path", null);
        };
    }

    /** Killed as soon as its temporary file is seen: it is left, and does no harm. */
    @ParameterizedTest
    @EnumSource
    void killed(Writer writer) throws IOException {
        Optional<Path> left = Optional.empty();
        // It may be faster than its end.
        for (int i = 0; i < MOST_TRIES && left.isEmpty(); i++) {
            left = endWhileItWrites(writer, Process::destroyForcibly, 128 + 9);
        }
        Path temporary = left.orElseThrow();

        assertThat(written()).as("only what was begun").containsExactly(temporary);
        child(writer).run().assertSuccess();
        assertThat(written()).as("what is left, and what is whole").contains(temporary).hasSize(2);
    }

    /** Told to end in order, it leaves nothing, or the whole file where it was faster. */
    @ParameterizedTest
    @EnumSource
    void endsInOrder(Writer writer) throws IOException {
        endWhileItWrites(writer, Process::destroy, 128 + 15);

        assertThat(written()).noneMatch(path -> path.getFileName().toString().startsWith(writer.prefix));
        child(writer).run().assertSuccess();
    }

    private interface End {
        void of(Process process);
    }

    /** Returns the temporary file or folder that it left. */
    private Optional<Path> endWhileItWrites(Writer writer, End end, int exitCode) throws IOException {
        // On a busy machine it is written between two looks.
        for (int i = 0; i < MOST_TRIES; i++) {
            for (Path whole : written()) {
                FileUtils.forceDelete(whole.toFile());
            }
            var child = child(writer).start();
            while (temporary(writer).isEmpty() && child.process().isAlive()) {
                Thread.onSpinWait();
            }
            if (child.process().isAlive()) {
                end.of(child.process());
                assertThat(child.waitFor().exitCode()).isIn(exitCode, 0);
                return temporary(writer);
            }
            child.waitFor().assertSuccess();
        }
        throw new AssertionError("ended " + MOST_TRIES + " times before its temporary file was seen");
    }

    private Optional<Path> temporary(Writer writer) {
        return written().stream().filter(path -> path.getFileName().toString().startsWith(writer.prefix)).findFirst();
    }

    /** Files, and folders of libraries. */
    private List<Path> written() {
        return Stream.of(folder, folder.resolve("cache/models"), folder.resolve("cache/natives"))
                .flatMap(FilesIT::list)
                .filter(path -> !path.getFileName().toString().equals("cache"))
                .sorted()
                .toList();
    }

    private static Stream<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
