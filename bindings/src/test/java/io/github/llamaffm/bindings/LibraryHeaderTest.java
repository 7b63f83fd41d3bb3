package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryHeaderTest {

    @TempDir
    private Path scratch;

    private final ByteBuffer head = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

    private String machine() throws IOException {
        return LibraryHeader.machine(Files.write(scratch.resolve("library"), head.array()));
    }

    @Test
    void elf() throws IOException {
        head.putInt(0, 0x464c457f).put(5, (byte) 1).putShort(18, (short) 183);
        assertThat(machine()).isEqualTo("aarch_64");
        head.put(5, (byte) 2).putShort(18, Short.reverseBytes((short) 22));
        assertThat(machine()).isEqualTo("s390");
    }

    @Test
    void portableExecutable() throws IOException {
        head.put(0, (byte) 'M').put(1, (byte) 'Z').putInt(60, 128).putInt(128, 0x4550).putShort(132, (short) 0x8664);
        assertThat(machine()).isEqualTo("x86_64");
        head.putShort(132, (short) 0xaa64);
        assertThat(machine()).isEqualTo("aarch_64");
        head.putInt(60, 300);
        assertThat(machine()).isEmpty();
    }

    @Test
    void machO() throws IOException {
        head.putInt(0, 0xfeedfacf).putInt(4, 0x0100000c);
        assertThat(machine()).isEqualTo("aarch_64");
    }

    /** Two segments are loaded, a note is not. */
    @Test
    void whatIsMissingAtTheEnd() {
        head.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).putShort(18, (short) 62);
        head.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 3);
        segment(0, 1, 0, 4000);
        segment(1, 1, 4096, 904);
        segment(2, 4, 4096, 9000);

        assertThatCode(() -> LibraryHeader.require(head.array(), 5000, new Platform("linux-x86_64"))).doesNotThrowAnyException();
        assertThatExceptionOfType(Unusable.class)
                .isThrownBy(() -> LibraryHeader.require(head.array(), 4999, new Platform("linux-x86_64")))
                .withMessage("it is cut short: it has 4999 bytes, its header tells of 5000");
        assertThatExceptionOfType(Unusable.class)
                .isThrownBy(() -> LibraryHeader.require(head.array(), 5000, new Platform("linux-aarch_64")))
                .withMessage("it is built for x86_64, this Java runs on linux-aarch_64");
    }

    private void segment(int number, int type, long offset, long size) {
        int start = 64 + 56 * number;
        head.putInt(start, type).putLong(start + 8, offset).putLong(start + 32, size);
    }

    @Test
    void anythingElse() throws IOException {
        assertThat(machine()).isEmpty();
        assertThat(LibraryHeader.machine(scratch.resolve("absent"))).isEmpty();
    }
}
