package io.github.llamaffm.modeljar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip64 form, which a real jar has from 4 GiB on, made here by a lower limit. */
class StoredZipTest {

    private static final int ZIP64_END_RECORD = 0x504b0606;

    @TempDir
    private Path folder;

    @Test
    void writesZip64AboveTheLimit() throws IOException {
        byte[] large = "x".repeat(5000).getBytes(UTF_8);
        Path zip = write(large, 1000);

        try (ZipFile file = new ZipFile(zip.toFile())) {
            assertThat(content(file, "small")).isEqualTo("small".getBytes(UTF_8));
            assertThat(file.getEntry("large").getSize()).isEqualTo(5000);
            assertThat(file.getEntry("large").getCompressedSize()).isEqualTo(5000);
            assertThat(content(file, "large")).isEqualTo(large);
        }
        assertThat(contains(zip, ZIP64_END_RECORD)).isTrue();
        assertThat(new String(Files.readAllBytes(zip), UTF_8).indexOf("xxx") % 32).isZero();
    }

    @Test
    void writesPlainZipBelowTheLimit() throws IOException {
        Path zip = write("x".repeat(500).getBytes(UTF_8), 1000);

        try (ZipFile file = new ZipFile(zip.toFile())) {
            assertThat(content(file, "large")).hasSize(500);
        }
        assertThat(contains(zip, ZIP64_END_RECORD)).isFalse();
    }

    private Path write(byte[] large, long zip64Limit) throws IOException {
        Path input = Files.write(folder.resolve("large"), large);
        Path zip = folder.resolve("test.zip");
        try (FileChannel in = FileChannel.open(input);
                FileChannel out = FileChannel.open(zip, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            StoredZip writer = new StoredZip(out, zip64Limit);
            writer.add("small", "small".getBytes(UTF_8));
            writer.add("large", in, 32, (done, total) -> {});
            writer.finish();
        }
        return zip;
    }

    private static boolean contains(Path file, int bigEndian) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int i = 0; i <= bytes.capacity() - 4; i++) {
            if (bytes.getInt(i) == bigEndian) {
                return true;
            }
        }
        return false;
    }

    private static byte[] content(ZipFile file, String name) throws IOException {
        ZipEntry entry = file.getEntry(name);
        try (InputStream in = file.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
