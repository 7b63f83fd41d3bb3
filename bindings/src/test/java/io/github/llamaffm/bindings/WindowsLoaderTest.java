package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What does not need Windows. */
class WindowsLoaderTest {

    @Test
    void aReasonHasItsNumberOurWordsAndTheSystems() {
        assertThat(WindowsLoader.reason(193, "%1 is not a valid Win32 application. "))
                .isEqualTo("error 193: it is damaged or built for another processor (%1 is not a valid Win32 application.)");
        assertThat(WindowsLoader.reason(5, "Zugriff verweigert")).isEqualTo("error 5 (Zugriff verweigert)");
        assertThat(WindowsLoader.reason(126, "")).isEqualTo("error 126: it or a library that it needs was not found");
    }

    @Test
    void aPathIsSearchedBesideItselfAndANameEverywhere() {
        assertThat(WindowsLoader.flags("C:\\Users\\jane\\llamaffm-0123456789ab.dll")).isEqualTo(8);
        assertThat(WindowsLoader.flags("nvcuda.dll")).isZero();
    }
}
