package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

    private static final Platform LINUX = new Platform("linux-x86_64");
    private static final Mounts NO_MOUNTS = new Mounts(List.of());

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "libgomp.so.1: cannot open shared object file: No such file or directory | holds libgomp.so.1 (Debian, Ubuntu: libgomp1;",
        "libstdc++.so.6: cannot open shared object file: No such file | holds libstdc++.so.6 (Debian, Ubuntu: libstdc++6;",
        "libcuda.so.1: cannot open shared object file: No such file | (it comes with NVIDIA's driver)",
        "libother.so.3: cannot open shared object file: No such file | Install the package that holds libother.so.3.",
        "libllamaffm-0123456789ab.so: cannot open shared object file | use native libraries of one build",
        "/lib/libc.so.6: version `GLIBC_2.99' not found (required by x) | built for a newer system",
        "x.so: undefined symbol: cudaNew, version libcudart.so.13 | run-time libraries are older",
        "x.so: undefined symbol: cuMemNew | driver is older",
        "x.so: undefined symbol: ggml_abort | another build of the core library",
    })
    void saysWhatToDo(String reason, String remedy) {
        Path library = scratch.resolve("x.so");

        Unusable unusable = Diagnosis.notOpened(library, reason, LINUX, NO_MOUNTS);

        assertThat(unusable).hasMessage(library + " cannot be opened: " + reason);
        assertThat(unusable.remedy()).contains(remedy);
    }

    @Test
    void seesALibraryForAnotherProcessor() throws IOException {
        byte[] elf = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, elf, 0, 7);
        elf[18] = (byte) 183;
        Path library = Files.write(scratch.resolve("x.so"), elf);

        assertThat(Diagnosis.notOpened(library, "wrong ELF class", LINUX, NO_MOUNTS).remedy())
                .isEqualTo("The library is built for aarch_64, this Java runs on linux-x86_64: use the libraries for "
                        + "linux-x86_64.");
    }

    @Test
    void seesAFileSystemMountedNoexec() {
        Mounts mounts = new Mounts(List.of(new Mounts.Mount(scratch.toString(), true)));

        assertThat(Diagnosis.notOpened(scratch.resolve("x.so"), "failed to map segment", LINUX, mounts)
                        .remedy())
                .startsWith(scratch + " is on a file system that is mounted noexec");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "linux-x86_64-musl | Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by x) | built for the glibc C library",
        "linux-x86_64-musl | Error loading shared library libstdc++.so.6: No such file or directory (needed by x) | holds libstdc++.so.6",
        "linux-x86_64-musl | Error relocating x: __snprintf_chk: symbol not found | built for the glibc C library",
        "linux-x86_64-musl | Error relocating x: ggml_abort: symbol not found | another build of the core library",
        "linux-x86_64 | libc.musl-x86_64.so.1: cannot open shared object file: No such file | built for the musl C library",
        "osx-aarch_64 | dlopen(x, 0x1): Library not loaded: @rpath/libllamaffm-0123456789ab.dylib | native libraries of one build",
        "osx-aarch_64 | dlopen(x, 0x1): tried: 'x' (code signature in <A> 'x' not valid) | xattr -d com.apple.quarantine",
        "windows-x86_64 | error 126: it or a library that it needs was not found | Windows 10 or newer",
    })
    void saysWhatToDoOnOtherPlatforms(String platform, String reason, String remedy) {
        assertThat(Diagnosis.notOpened(scratch.resolve("x"), reason, new Platform(platform), NO_MOUNTS).remedy()).contains(remedy);
    }

    @Test
    void whereWindowsHasNoVulkanItsDriverIsMissing() {
        String reason = "error 126: it or a library that it needs was not found";

        assertThat(Diagnosis.notLoaded(scratch.resolve("ggml-vulkan.dll"), reason, new Platform("windows-x86_64"), NO_MOUNTS).remedy())
                .contains("vulkan-1.dll").contains("driver");
    }

    @Test
    void aLibraryInMemoryThatIsRefusedIsNotOnAFileSystem() {
        Mounts mounts = new Mounts(List.of(new Mounts.Mount("/proc", true)));

        assertThat(Diagnosis.notOpened(Path.of("/proc/self/fd/7"), "cannot enable executable", LINUX, mounts).remedy())
                .startsWith("This system refuses code from memory");
    }

    @Test
    void aModuleInMemoryThatMissesALibraryIsNotRefusedForLyingThere() {
        Mounts mounts = new Mounts(List.of(new Mounts.Mount("/proc", true)));
        Path module = Path.of("/proc/self/fd/7");

        assertThat(Diagnosis.notLoaded(module, "libvulkan.so.1: cannot open shared object file: No such file", LINUX, mounts).remedy())
                .startsWith("Install the package that holds libvulkan.so.1");
        assertThat(Diagnosis.notLoaded(module, module + ": undefined symbol: ggml_abort", LINUX, mounts).remedy())
                .startsWith("The library belongs to another build of the core library");
    }

    @Test
    void theReasonOfAModuleIsTheSystems() {
        Path module = scratch.resolve("libggml-vulkan.so");
        String reason = "libvulkan.so.1: cannot open shared object file: No such file or directory";
        String error = "lf_backend_load failed: " + module + "\nload_backend: failed to load " + module + ": " + reason + "\n";

        Unusable unusable = Diagnosis.notLoaded(module, error, LINUX, NO_MOUNTS);

        assertThat(unusable).hasMessage(reason);
        assertThat(unusable.text())
                .isEqualTo(reason + ". Install the package that holds libvulkan.so.1 (Debian, Ubuntu: libvulkan1; Fedora: "
                        + "vulkan-loader).");
        assertThat(Diagnosis.notLoaded(module, "lf_backend_load threw: x", LINUX, NO_MOUNTS))
                .hasMessage("lf_backend_load threw: x");
    }

    @Test
    void theSystemsOwnReasonIsKept() throws IOException {
        Path library = Files.writeString(scratch.resolve("broken.so"), "not a library, and longer than an ELF header");

        assertThatThrownBy(() -> SystemLoader.open(library, LINUX, NO_MOUNTS))
                .isInstanceOf(Unusable.class)
                .hasMessage(library + " cannot be opened: file too short");
    }
}
