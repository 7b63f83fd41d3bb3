package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessMapsTest {

    private static final ProcessMaps MAPS = ProcessMaps.parse("""
            55e4 r--p 00000000 08:01 11 /usr/lib/jvm/bin/java
            7f00-7f01 rw-p 00000000 00:00 0
            7f01-7f02 r--p 00000000 08:01 12                         /home/a b/libllamaffm-0123456789ab.so
            7f02-7f03 r-xp 00001000 08:01 12                         /home/a b/libllamaffm-0123456789ab.so
            7f04-7f05 r-xp 00001000 08:01 13                         /tmp/libllamaffm-ba9876543210.so (deleted)
            7f06-7f07 rw-p 00000000 00:00 0                          [heap]""");

    @Test
    void findsALibraryByItsFileName() throws Unusable {
        assertThat(MAPS.find("libllamaffm-0123456789ab.so"))
                .hasValue(Path.of("/home/a b/libllamaffm-0123456789ab.so"));
        assertThat(MAPS.find("llamaffm-0123456789ab.so")).isEmpty();
        assertThat(MAPS.files()).hasSize(3);
    }

    @Test
    void refusesALibraryThatWasDeletedWhileInUse() {
        assertThatThrownBy(() -> MAPS.find("libllamaffm-ba9876543210.so"))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("/tmp/libllamaffm-ba9876543210.so is loaded in this process already");
    }

    @Test
    void knowsMusl() {
        assertThat(MAPS.musl()).isFalse();
        assertThat(ProcessMaps.parse("7f-8f r-xp 0 08:01 1 /lib/ld-musl-x86_64.so.1\n").musl()).isTrue();
    }
}
