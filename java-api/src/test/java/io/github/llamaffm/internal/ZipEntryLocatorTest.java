package io.github.llamaffm.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipEntryLocatorTest {

    private static final byte[] CONTENT = "the model".getBytes(UTF_8);

    @TempDir
    private Path folder;

    @Test
    void findsAStoredEntry() throws IOException {
        Path zip = write(zip("models/a.gguf", true));

        ZipEntryLocator.Entry entry = ZipEntryLocator.find(zip, "models/a.gguf").orElseThrow();

        assertThat(entry.stored()).isTrue();
        assertThat(entry.crc()).isEqualTo(crc());
        assertContentAt(zip, entry);
    }

    @Test
    void findsACompressedEntry() throws IOException {
        Path zip = write(zip("a", false));

        ZipEntryLocator.Entry entry = ZipEntryLocator.find(zip, "a").orElseThrow();

        assertThat(entry.stored()).isFalse();
        assertThat(entry.length()).isEqualTo(CONTENT.length);
    }

    @Test
    void findsNamesBeyondAscii() throws IOException {
        Path zip = write(zip("größe/模型.gguf", true));

        assertContentAt(zip, ZipEntryLocator.find(zip, "größe/模型.gguf").orElseThrow());
    }

    @Test
    void doesNotFindWhatIsNotThere() throws IOException {
        assertThat(ZipEntryLocator.find(write(zip("a", true)), "b")).isEmpty();
    }

    @Test
    void countsFromTheStartOfTheArchiveNotOfTheFile() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("#!/bin/sh\nexec java -jar $0\n".getBytes(UTF_8));
        file.writeBytes(zip("a", true));
        Path zip = write(file.toByteArray());

        assertContentAt(zip, ZipEntryLocator.find(zip, "a").orElseThrow());
    }

    @Test
    void readsAnArchiveComment() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment("x".repeat(65_535));
            put(zip, "a", true);
        }
        Path zip = write(bytes.toByteArray());

        assertContentAt(zip, ZipEntryLocator.find(zip, "a").orElseThrow());
    }

    /** More than 65,535 entries is the cheapest archive for which the JDK writes a ZIP64 end record. */
    @Test
    void readsAZip64EndRecord() throws IOException {
        Path file = folder.resolve("many.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(new java.io.BufferedOutputStream(out))) {
            for (int i = 0; i < 66_000; i++) {
                ZipEntry entry = new ZipEntry("e" + i);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(0);
                entry.setCrc(0);
                zip.putNextEntry(entry);
            }
            put(zip, "a", true);
        }

        assertContentAt(file, ZipEntryLocator.find(file, "a").orElseThrow());
    }

    @Test
    void readsZip64Lengths() throws IOException {
        Path zip = write(withZip64Extra(zip("a", true)));

        assertContentAt(zip, ZipEntryLocator.find(zip, "a").orElseThrow());
    }

    @Test
    void findsAnEntryOfAZipFileInAZipFile() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "before", false);
            put(zip, "lib/stored.jar", true, zip("a", true));
            put(zip, "lib/compressed.jar", false, zip("a", true));
        }
        Path outer = write(bytes.toByteArray());

        assertContentAt(outer, ZipEntryLocator.find(outer, "lib/stored.jar", "a").orElseThrow());
        assertThat(ZipEntryLocator.find(outer, "lib/stored.jar", "b")).isEmpty();
        assertThat(ZipEntryLocator.find(outer, "lib/compressed.jar", "a")).isEmpty();
        assertThat(ZipEntryLocator.find(outer, "lib/absent.jar", "a")).isEmpty();
    }

    @Test
    void refusesWhatIsNoZipFile() throws IOException {
        Path file = write("not a zip file, although long enough to be one".getBytes(UTF_8));

        assertThatExceptionOfType(ZipException.class)
                .isThrownBy(() -> ZipEntryLocator.find(file, "a"))
                .withMessageContaining("not a zip file");
    }

    @Test
    void answersEveryDamageWithAnExceptionOrAnEntryInsideTheFile() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = withZip64Extra(zip("a", true));
        for (int run = 0; run < 3000; run++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int i = 0; i < 1 + random.nextInt(4) && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            Path zip = write(bad);
            try {
                ZipEntryLocator.find(zip, "a").ifPresent(entry -> {
                    assertThat(entry.offset()).as("seed %d", seed).isBetween(0L, (long) bad.length);
                    if (entry.stored()) {
                        assertThat(entry.length()).as("seed %d", seed).isBetween(0L, bad.length - entry.offset());
                    }
                });
            } catch (IOException expected) {
                assertThat(expected).as("seed %d run %d", seed, run).isInstanceOf(ZipException.class);
            }
        }
    }

    private static void assertContentAt(Path zip, ZipEntryLocator.Entry entry) throws IOException {
        byte[] file = Files.readAllBytes(zip);
        int offset = (int) entry.offset();
        assertThat(Arrays.copyOfRange(file, offset, offset + (int) entry.length())).isEqualTo(CONTENT);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("test.zip"), bytes);
    }

    private static byte[] zip(String name, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "before", false);
            put(zip, name, stored);
            put(zip, "after", true);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, boolean stored) throws IOException {
        put(zip, name, stored, CONTENT);
    }

    private static void put(ZipOutputStream zip, String name, boolean stored, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        if (stored) {
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(crc(content));
            entry.setExtra(new byte[] {(byte) 0xFE, (byte) 0xCA, 2, 0, 0, 0});
        }
        zip.putNextEntry(entry);
        zip.write(content);
    }

    private static long crc() {
        return crc(CONTENT);
    }

    private static long crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }

    /** Moves both lengths and the offset of the entry "a" into a ZIP64 field, as a writer of large files does. */
    private static byte[] withZip64Extra(byte[] zip) {
        ByteBuffer old = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.length - 22;
        int start = old.getInt(end + 16);
        while (!(old.getShort(start + 28) == 1 && zip[start + 46] == 'a')) {
            start += 46 + old.getShort(start + 28) + old.getShort(start + 30) + old.getShort(start + 32);
        }
        int extraAt = start + 46 + 1;
        ByteBuffer changed = ByteBuffer.allocate(zip.length + 28).order(ByteOrder.LITTLE_ENDIAN);
        changed.put(zip, 0, extraAt)
                .putShort((short) 1).putShort((short) 24)
                .putLong(old.getInt(start + 24)).putLong(old.getInt(start + 20)).putLong(old.getInt(start + 42))
                .put(zip, extraAt, zip.length - extraAt);
        changed.putInt(start + 20, -1).putInt(start + 24, -1).putInt(start + 42, -1);
        changed.putShort(start + 30, (short) (old.getShort(start + 30) + 28));
        changed.putInt(end + 28 + 12, old.getInt(end + 12) + 28);
        return changed.array();
    }
}
