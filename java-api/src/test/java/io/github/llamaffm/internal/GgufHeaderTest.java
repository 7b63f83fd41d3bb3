package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufHeaderTest {

    @TempDir
    private Path folder;

    @Test
    void namesAMissingFile() {
        assertThat(GgufHeader.problemOf(folder.resolve("none.gguf"), 0)).contains("does not exist");
    }

    @Test
    void namesADirectory() {
        assertThat(GgufHeader.problemOf(folder, 0)).get().asString().startsWith("is a directory");
    }

    @Test
    void namesAnEmptyFile() throws IOException {
        assertThat(GgufHeader.problemOf(file(new byte[0]), 0)).contains("is empty");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 100})
    void namesAFileThatIsNoGguf(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        assertThat(GgufHeader.problemOf(file(bytes), 0)).get().asString().startsWith("is not a GGUF file");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 23})
    void namesATruncatedHeader(int length) throws IOException {
        Path file = file(Arrays.copyOf(header(3), length));

        assertThat(GgufHeader.problemOf(file, 0)).get().asString()
                .isEqualTo("is truncated: %d bytes are less than a GGUF header", length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, -1})
    void namesAVersionThatCannotBeRead(int version) throws IOException {
        assertThat(GgufHeader.problemOf(file(header(version)), 0)).get().asString()
                .startsWith("is a GGUF file of version " + Integer.toUnsignedString(version));
    }

    @Test
    void namesTheOtherByteOrder() throws IOException {
        assertThat(GgufHeader.problemOf(file(header(Integer.reverseBytes(3))), 0)).get().asString()
                .contains("other byte order");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void acceptsAHeader(int version) throws IOException {
        assertThat(GgufHeader.problemOf(file(header(version)), 0)).isEmpty();
    }

    @Test
    void readsAtAnOffset() throws IOException {
        Path file = file(ByteBuffer.allocate(100).put(64, header(3)).array());

        assertThat(GgufHeader.problemOf(file, 64)).isEmpty();
        assertThat(GgufHeader.problemOf(file, 63)).isPresent();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("model.gguf"), bytes);
    }

    private static byte[] header(int version) {
        return ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes()).putInt(version).putLong(0).putLong(0).array();
    }
}
