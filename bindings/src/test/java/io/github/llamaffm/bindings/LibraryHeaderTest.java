package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

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

    private final ByteBuffer head = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

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

    @Test
    void anythingElse() throws IOException {
        assertThat(machine()).isEmpty();
        assertThat(LibraryHeader.machine(scratch.resolve("absent"))).isEmpty();
    }
}
