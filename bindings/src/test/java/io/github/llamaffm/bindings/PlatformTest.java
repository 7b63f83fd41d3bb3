package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @Test
    void isThatOfTheCLibraryOfThisJvmWhateverProcTells() {
        Platform told = Platform.current(ProcessMaps.current());

        assertThat(Platform.current(ProcessMaps.parse(""))).isEqualTo(told);
        assertThat(Platform.PUBLISHED).contains(told.name());
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, false, linux-x86_64",
        "Linux, amd64, true, linux-x86_64-musl",
        "Linux, aarch64, false, linux-aarch_64",
        "Mac OS X, aarch64, false, osx-aarch_64",
        "Mac OS X, x86_64, false, osx-x86_64",
        "Windows 11, amd64, false, windows-x86_64",
        "Linux, aarch64, true, linux-aarch_64-musl",
        "Windows 11, aarch64, false, windows-aarch_64",
        "Windows Server 2022, x86, false, windows-x86_32",
        "FreeBSD, riscv64, false, freebsd-riscv64",
    })
    void namesThePlatformAsTheJarsDo(String osName, String osArch, boolean musl, String expected) {
        assertThat(Platform.of(osName, osArch, musl).name()).isEqualTo(expected);
    }
}
