package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MemoryFileTest {

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs memfd_create")
    void isFoundByItsNameAndFinalOnceItIsSealed() throws Exception {
        MemoryFile file = MemoryFile.create("libfile-test.so");
        try {
            try (OutputStream out = file.write()) {
                out.write("content".getBytes(StandardCharsets.US_ASCII));
            }
            file.seal();

            assertThat(MemoryFile.find("libfile-test.so")).contains(file.path());
            assertThat(MemoryFile.find("file-test.so")).isEmpty();
            assertThat(Bytes.of(file.path())).asString(StandardCharsets.US_ASCII).isEqualTo("content");
            assertThatThrownBy(file::write).isInstanceOf(IOException.class).hasMessageContaining("Operation not permitted");
        } finally {
            file.close();
        }
        assertThat(MemoryFile.find("libfile-test.so")).isEmpty();
    }

    @Test
    void oneThatIsMappedAndNotOpenCannotBeUsedAgain() {
        ProcessMaps maps = ProcessMaps.parse("7f00-7f01 r-xp 00000000 00:01 7  /memfd:libclosed.so (deleted)\n");

        assertThatThrownBy(() -> maps.find("libclosed.so")).isInstanceOfSatisfying(Unusable.class,
                e -> assertThat(e.remedy()).isEqualTo("Restart the process."));
    }

    @Test
    void moduleNeedsAPathInsteadOfAName() {
        byte[] elf = "\0libc.so\0libcore.so\0xlibcore.sox\0libcore.so\0".getBytes(StandardCharsets.US_ASCII);

        byte[] patched = InMemory.withPath(elf.clone(), "libcore.so", "/fd/7");

        assertThat(patched).asString(StandardCharsets.US_ASCII)
                .isEqualTo("\0libc.so\0/fd/7\0\0\0\0\0\0xlibcore.sox\0/fd/7\0\0\0\0\0\0");
    }
}
