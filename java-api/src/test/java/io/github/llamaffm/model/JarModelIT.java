package io.github.llamaffm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.modeljar.ModelJar;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.StoredEntry;
import io.github.llamaffm.support.TestFiles;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model on the class path is mapped inside its jar; whoever repacked that jar still gets the same text. */
class JarModelIT {
    private static final String ENTRY = ModelJar.FOLDER + "default.gguf";
    private static final long PAGE = 4096;

    @TempDir
    private static Path folder;

    private static byte[] model;
    private static Properties plain;

    @BeforeAll
    static void loadPlainFile() throws IOException {
        model = Files.readAllBytes(TestFiles.model());
        plain = report(child(folder, TestFiles.model().toString()).run());
        assertThat(fileBytes(plain)).isGreaterThan(model.length / 2);
    }

    /** The same pages of a file as for the plain file, and no memory beside them. */
    @Test
    void mappedInPlace() throws IOException {
        Path jar = folder.resolve("aligned.jar");
        ModelJar.builder(TestFiles.model(), "default").build().writeTo(jar);

        var result = child(jar, "resource").run();

        assertThat(result.log()).isEmpty();
        assertSameText(result);
        // The model may begin inside a page of the jar: one more page.
        assertThat(fileBytes(report(result))).isCloseTo(fileBytes(plain), within(PAGE));
        // Far less than the model; a JVM's own memory differs by some MiB from run to run.
        assertThat(anonymousBytes(report(result))).isCloseTo(anonymousBytes(plain), within(model.length / 8L));
        assertNothingExtracted();
    }

    @Test
    void misalignedIsReadInPlace() throws IOException {
        Path jar = folder.resolve("misaligned.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            StoredEntry.put(zip, "filler", new byte[57]);
            StoredEntry.put(zip, ENTRY, model);
        }
        assertThat(indexOf(jar, Arrays.copyOf(model, 64)) % ModelJar.ALIGNMENT).isNotZero();

        var result = child(jar, "resource").run();

        assertSameText(result);
        assertNothingExtracted();
    }

    @Test
    void compressedIsExtractedOnce() throws IOException {
        Path jar = folder.resolve("compressed.jar");
        try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)))) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry(ENTRY));
            zip.write(model);
            zip.closeEntry();
        }
        Path cache = folder.resolve("cache of the compressed one");

        var first = child(jar, "resource").property("llamaffm.cache.dir", cache).run();
        var second = child(jar, "resource").property("llamaffm.cache.dir", cache).run();

        assertSameText(first);
        assertSameText(second);
        assertThat(first.log()).contains("INFO", "extracted", ENTRY, cache.toString());
        try (Stream<Path> files = Files.walk(cache)) {
            assertThat(files.filter(file -> file.toString().endsWith(".gguf"))).singleElement()
                    .satisfies(file -> assertThat(file).hasSameBinaryContentAs(TestFiles.model()));
        }
    }

    /** llama.cpp would take the bytes of what follows in the jar for weights. */
    @Test
    void truncatedIsRefusedThoughNeighboursFollow() throws IOException {
        Path jar = folder.resolve("truncated.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            StoredEntry.put(zip, ENTRY, Arrays.copyOf(model, model.length - 1_000_000));
            StoredEntry.put(zip, "neighbour", Arrays.copyOfRange(model, model.length - 2_000_000, model.length));
        }

        var result = child(jar, "resource").run();

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stderr()).contains("ModelLoadException", "truncated", ENTRY, String.valueOf(model.length - 1_000_000));
    }

    private static ChildJvm child(Path jar, String source) {
        return ChildJvm.of(JarModel.class)
                .classPath(System.getProperty("java.class.path") + File.pathSeparator + jar)
                .property("llamaffm.cache.dir", folder.resolve("cache"))
                // Fixed, so that two JVMs can be compared.
                .options("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch")
                .arguments(source, ENTRY);
    }

    private static void assertSameText(ChildJvm.Result result) throws IOException {
        assertThat(report(result).getProperty("tokens")).isEqualTo(plain.getProperty("tokens"));
    }

    /** What {@link JarModel} tells. */
    private static Properties report(ChildJvm.Result result) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(result.assertSuccess()));
        return properties;
    }

    private static long fileBytes(Properties report) {
        return Long.parseLong(report.getProperty("file"));
    }

    private static long anonymousBytes(Properties report) {
        return Long.parseLong(report.getProperty("anonymous"));
    }

    /** The cache has the native libraries, and no model. */
    private static void assertNothingExtracted() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            assertThat(files).isNotEmpty().noneMatch(file -> file.toString().endsWith(".gguf"));
        }
    }

    private static int indexOf(Path file, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(file)) {
            ByteBuffer start = ByteBuffer.allocate(4096);
            channel.read(start);
            for (int i = 0; i + bytes.length <= start.position(); i++) {
                if (Arrays.equals(start.array(), i, i + bytes.length, bytes, 0, bytes.length)) {
                    return i;
                }
            }
        }
        throw new AssertionError("not at the start of " + file);
    }
}
