package io.github.llamaffm.modeljar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelJarTest {

    private static final int SIZE = 3_000_001;

    @TempDir
    private Path folder;

    private byte[] content;
    private Path model;
    private Path jar;

    @BeforeEach
    void writeModel() throws IOException {
        content = new byte[SIZE];
        new Random(1).nextBytes(content);
        System.arraycopy("GGUF".getBytes(UTF_8), 0, content, 0, 4);
        model = Files.write(folder.resolve("tiny.gguf"), content);
        jar = folder.resolve("out").resolve("tiny.jar");
    }

    @Test
    void holdsTheModelStored() throws IOException {
        ModelJar.of(model).writeTo(jar);

        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry("META-INF/llama-ffm/models/tiny.gguf");
            assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
            assertThat(entry.getSize()).isEqualTo(SIZE);
            assertThat(read(file, entry)).isEqualTo(content);
            assertThat(file.stream().map(ZipEntry::getName)).containsExactly(JarFile.MANIFEST_NAME, entry.getName());
        }
    }

    @Test
    void isReadableAsAStreamWithItsManifestFirst() throws IOException {
        ModelJar.builder(model, "m").attribute("Automatic-Module-Name", "a.b").build().writeTo(jar);

        try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
            assertThat(in.getManifest().getMainAttributes().getValue("Automatic-Module-Name")).isEqualTo("a.b");
            assertThat(in.getNextEntry().getName()).isEqualTo("META-INF/llama-ffm/models/m.gguf");
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    /** Names of every length, so that every amount of padding occurs. */
    @Test
    void alignsTheModel() throws IOException {
        for (int length = 1; length <= ModelJar.ALIGNMENT; length++) {
            ModelJar packed = ModelJar.builder(model, "m".repeat(length)).build();
            packed.writeTo(jar);

            assertThat(offsetOfModel(jar)).as("name of %d letters", length).satisfies(
                    offset -> assertThat(offset % ModelJar.ALIGNMENT).isZero());
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.getEntry(packed.entryName()).getCrc()).isEqualTo(crc(content));
            }
        }
    }

    @Test
    void holdsFilesBesideTheModel() throws IOException {
        ModelJar.builder(model, "m")
                .file("META-INF/LICENSE", "free".getBytes(UTF_8))
                .file("META-INF/empty", new byte[0])
                .build()
                .writeTo(jar);

        try (JarFile file = new JarFile(jar.toFile())) {
            assertThat(read(file, file.getEntry("META-INF/LICENSE"))).asString(UTF_8).isEqualTo("free");
            assertThat(read(file, file.getEntry("META-INF/empty"))).isEmpty();
        }
        assertThat(offsetOfModel(jar) % ModelJar.ALIGNMENT).isZero();
    }

    @Test
    void givesEqualBytesForEqualInput() throws IOException {
        Path again = folder.resolve("again.jar");
        ModelJar.builder(model, "m").attribute("A", "1").attribute("B", "2").build().writeTo(jar);
        ModelJar.builder(model, "m").attribute("B", "2").attribute("A", "1").build().writeTo(again);

        assertThat(again).hasSameBinaryContentAs(jar);
    }

    @Test
    void tellsItsProgress() throws IOException {
        List<Long> heard = new ArrayList<>();
        ModelJar.builder(model, "m").progress((done, total) -> {
            assertThat(total).isEqualTo(SIZE);
            heard.add(done);
        }).build().writeTo(jar);

        assertThat(heard).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(2).endsWith((long) SIZE);
    }

    @Test
    void replacesAnEarlierJar() throws IOException {
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "old");

        ModelJar.of(model).writeTo(jar);

        assertThat(offsetOfModel(jar)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GGU", "PK\3\4 a zip", "ggml"})
    void refusesWhatIsNotGguf(String text) throws IOException {
        Files.writeString(model, text);
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "old");

        assertThatThrownBy(() -> ModelJar.of(model).writeTo(jar))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tiny.gguf (" + text.length() + " bytes) is not a GGUF model");
        assertThat(jar).hasContent("old");
        assertThat(jar.getParent()).isDirectoryContaining(jar::equals).isDirectoryNotContaining(f -> !f.equals(jar));
    }

    @Test
    void refusesAPartOfASplitModel() throws IOException {
        Path part = Files.move(model, folder.resolve("big-00001-of-00003.gguf"));

        assertThatThrownBy(() -> ModelJar.of(part).writeTo(jar)).hasMessageContaining("Merge the parts");
        assertThat(jar).doesNotExist();
    }

    @Test
    void leavesNothingBehindWhenTheListenerFails() throws IOException {
        ModelJar failing = ModelJar.builder(model, "m").progress((done, total) -> {
            throw new IllegalStateException("enough");
        }).build();

        assertThatThrownBy(() -> failing.writeTo(jar)).hasMessage("enough");
        assertThat(jar.getParent()).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../m", "a/b", "a b", ".m", "ü"})
    void refusesNamesThatAreNotPlain(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelJar.builder(model, name));
    }

    @Test
    void refusesTwoFilesOfOneName() {
        ModelJar.Builder builder = ModelJar.builder(model, "m").file("a", new byte[0]);

        assertThatIllegalArgumentException().isThrownBy(() -> builder.file("a", new byte[1]));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.file(ModelJar.FOLDER + "m.gguf", new byte[1]));
    }

    private long offsetOfModel(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int offset = 0; offset + SIZE <= bytes.capacity(); offset++) {
            if (bytes.slice(offset, SIZE).mismatch(ByteBuffer.wrap(content)) < 0) {
                return offset;
            }
        }
        throw new AssertionError("no model in " + file);
    }

    private static long crc(byte[] bytes) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private static byte[] read(JarFile file, ZipEntry entry) throws IOException {
        try (InputStream in = file.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
