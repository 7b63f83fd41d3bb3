package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static io.github.llamaffm.natives.Loading.classPath;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries in a folder that the user names, as they are and spoiled. */
class LibraryPathIT {

    private static final String OTHER_ABI = "0123456789ab";

    @TempDir
    private static Path unpacked;

    private static NativeFolder original;

    @TempDir
    private Path scratch;

    private NativeFolder natives;

    @BeforeAll
    static void unpack() throws Exception {
        original = NativeFolder.unpack(unpacked.resolve("natives"));
    }

    @BeforeEach
    void copy() throws IOException {
        scratch = scratch.toRealPath();
        natives = original.copyTo(scratch.resolve("natives"));
    }

    private Loading load(String... options) throws Exception {
        return Loading.run(scratch, child -> child.options(options).environment("LLAMAFFM_LIBRARY_PATH", natives.path()));
    }

    @Test
    void isUsedInPlaceAndBeforeAJar() throws Exception {
        Loading loading = Loading.run(scratch, child -> child.classPath(classPath(BINDINGS, TESTS, NativeFolder.jar()))
                .property("llamaffm.library.path", natives.path())
                .property("llamaffm.cache.dir", scratch.resolve("cache")));

        assertThat(loading.core()).isEqualTo(natives.core());
        assertThat(loading.abiId()).isEqualTo(natives.abiId());
        assertThat(loading.devices()).isEqualTo("1");
        assertThat(loading.candidates())
                .as("each CPU module with its reason, and the core")
                .hasSize(natives.property("modules").split(",").length + 1);
        assertThat(scratch.resolve("cache")).doesNotExist();
    }

    @Test
    void worksUnderSpacesAndLettersOfAllScripts() throws Exception {
        natives = natives.copyTo(scratch.resolve("bibliothèques natives 日本 🙂"));

        assertThat(load().core()).isEqualTo(natives.core());
    }

    @Test
    void aPathThatTheLocaleCannotSpellIsAnError() throws Exception {
        Path folder = scratch.resolve("bibliothèques");
        Loading loading = Loading.run(scratch, child -> child.environment("LC_ALL", "POSIX")
                .environment("LLAMAFFM_LIBRARY_PATH", folder));

        assertThat(loading.failure()).contains("LLAMAFFM_LIBRARY_PATH");
    }

    @Test
    void anotherAbiIdIsRefusedByItsIndex() throws Exception {
        String id = natives.abiId();
        natives.withAbiId(OTHER_ABI);

        assertThat(load().failure())
                .contains("the native libraries have ABI id 0123456789ab, these bindings need " + id)
                .contains("-Dllamaffm.abi=layout");
    }

    @Test
    void anotherAbiIdIsRefusedByTheLibraryItself() throws Exception {
        String id = natives.abiId();
        natives.withAbiId(OTHER_ABI).setProperty("abi.id", id);

        assertThat(load().failure()).contains("have ABI id 0123456789ab, these bindings need " + id);
    }

    @Test
    void anotherAbiIdIsAcceptedWithAWarningWhereLayoutsAreEqual() throws Exception {
        natives.withAbiId(OTHER_ABI);

        Loading loading = load("-Dllamaffm.abi=layout");

        assertThat(loading.abiId()).isEqualTo(OTHER_ABI);
        assertThat(loading.devices()).isEqualTo("1");
        assertThat(loading.warnings()).singleElement().asString().contains("of ABI id 0123456789ab instead of ");
    }

    @Test
    void aCoreThatMissesALibraryNamesItAndItsPackage() throws Exception {
        natives.replace(natives.core(), "libstdc++.so.6", "libstdc++.so.9").reindex();

        assertThat(load().failure())
                .contains(natives.core() + " cannot be opened: libstdc++.so.9: cannot open shared object file")
                .contains("Install the package that holds libstdc++.so.9 (Debian, Ubuntu: libstdc++6");
    }

    @Test
    void aModuleThatMissesALibraryIsReportedAndTheNextOneUsed() throws Exception {
        Path best = load().cpuModule();
        natives.replace(best, "libc.so.6", "libX.so.6").reindex();

        Loading loading = load();

        assertThat(loading.candidates())
                .anyMatch(line -> line.startsWith("candidate " + best + ": FAILED, ") && line.contains("libX.so.6"));
        assertThat(loading.cpuModule()).hasParent(natives.path()).isNotEqualTo(best);
    }

    @Test
    void aCoreForAnotherProcessorIsNamedAsSuch() throws Exception {
        byte[] core = Files.readAllBytes(natives.core());
        byte aarch64 = (byte) 183;
        byte x86 = 62;
        core[18] = core[18] == aarch64 ? x86 : aarch64;
        Files.write(natives.core(), core);

        assertThat(load().failure()).contains(natives.core() + " cannot be opened: ", "The library is built for ");
    }

    @Test
    void aDamagedCoreIsAnErrorAndNotACrash() throws Exception {
        byte[] core = Files.readAllBytes(natives.core());
        Files.write(natives.core(), new byte[core.length]);

        assertThat(load().failure()).contains(natives.core() + " cannot be opened: invalid ELF header");
    }

    @Test
    void aFolderWithoutACoreIsAnError() throws Exception {
        Files.delete(natives.core());

        assertThat(load().failure())
                .contains("LLAMAFFM_LIBRARY_PATH names no folder with native libraries")
                .contains(natives.core() + ": no such file or directory");
    }

    @Test
    void aGpuModuleThatDoesNotLoadIsReportedAndTheCpuGoesOn() throws Exception {
        Path module = Files.writeString(natives.path().resolve("libggml-fake.so"), "not a library");
        natives.setProperty("modules", natives.property("modules") + ",libggml-fake.so").reindex();

        Loading tried = load();
        Loading notWanted = load("-Dllamaffm.backends=cuda");

        assertThat(tried.candidates().getLast()).startsWith("candidate " + module + ": FAILED, ").contains("its first bytes are those of no library");
        assertThat(tried.devices()).isEqualTo("1");
        assertThat(notWanted.candidates().getLast())
                .isEqualTo("candidate libggml-fake.so: REJECTED, llamaffm.backends does not name fake");
    }
}
