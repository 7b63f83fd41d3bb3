package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.Loading.classPath;
import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A native jar where no folder can be used. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs memfd_create")
class InMemoryIT {

    @TempDir
    private Path scratch;

    private Path file;
    private Path temporary;

    @BeforeEach
    void putFilesInTheWay() throws IOException {
        scratch = scratch.toRealPath();
        file = Files.createFile(scratch.resolve("file"));
        temporary = Files.createDirectory(scratch.resolve("temporary"));
        Files.createFile(temporary.resolve("llama-ffm-nobody"));
    }

    private ChildJvm withoutAFolder(ChildJvm child) {
        return child.environment("XDG_CACHE_HOME", file).property("java.io.tmpdir", temporary).property("user.name", "nobody");
    }

    private ChildJvm withJar(ChildJvm child) {
        return withoutAFolder(child).classPath(classPath(BINDINGS, TESTS, NativeFolder.jar()));
    }

    @Test
    void theReportSaysThatAndWhy() throws IOException {
        Loading loading = Loading.run(scratch, this::withJar);

        assertThat(loading.core().toString()).startsWith("/proc/self/fd/");
        assertThat(loading.cpuModule().toString()).startsWith("/proc/self/fd/");
        assertThat(loading.devices()).isEqualTo("1");
        assertThat(loading.candidates())
                .anyMatch(line -> line.contains(file + "/llama-ffm (XDG_CACHE_HOME): FAILED, it cannot be created: "))
                .anyMatch(line -> line.contains("llama-ffm-nobody is not a folder"))
                .anyMatch(line -> line.matches("candidate libllamaffm-\\w+\\.so in memory \\(/proc/self/fd/\\d+\\): USED, core .*"))
                .anyMatch(line -> line.matches("candidate libggml-cpu-\\w+\\.so in memory \\(/proc/self/fd/\\d+\\): USED, CPU .*"));
        assertThat(loading.warnings()).singleElement().asString()
                .contains(" are in memory", "LLAMAFFM_CACHE_DIR", "io.github.llamaffm.bindings.Natives");
    }

    @Test
    void tokensAreMade() throws IOException {
        String jars = System.getProperty("java.class.path");
        ChildJvm.Result result = withoutAFolder(Loading.child(FirstToken.class))
                .classPath(jars).arguments(TestFiles.model()).run();

        result.assertSilent();
        assertThat(result.log()).contains("are in memory");
    }

    @Test
    void classLoadersShareOneCore() throws Exception {
        String jar = classPath(BINDINGS, TESTS, NativeFolder.jar());

        List<Loading> loadings = ClassLoadersIT.load(scratch, this::withoutAFolder, jar, jar);

        assertThat(loadings.get(1).core()).isEqualTo(loadings.get(0).core());
        assertThat(loadings.get(1).cpuModule()).isEqualTo(loadings.get(0).cpuModule());
        assertThat(loadings).extracting(Loading::devices).containsOnly("1");
    }

    @Test
    void anotherAbiIdLivesSideBySide() throws Exception {
        String other = "0123456789ab";
        NativeFolder natives = NativeFolder.unpack(scratch.resolve("natives"));
        String id = natives.abiId();
        Path jar = natives.withAbiId(other).pack(scratch.resolve("other.jar"), FolderBundle.class);

        List<Loading> loadings = ClassLoadersIT.load(scratch, this::withoutAFolder,
                classPath(BINDINGS, TESTS, NativeFolder.jar()),
                classPath(ClassLoadersIT.bindingsFor(other, scratch), BINDINGS, TESTS, jar));

        assertThat(loadings).extracting(Loading::abiId).containsExactly(id, other);
        assertThat(loadings).extracting(Loading::core).doesNotHaveDuplicates().allMatch(core -> core.startsWith("/proc/self/fd"));
        assertThat(loadings).extracting(Loading::cpuModule).doesNotHaveDuplicates();
        assertThat(loadings).extracting(Loading::devices).containsOnly("1");
    }

    @Test
    void whereMemoryIsRefusedTooEachPlaceIsListed() throws IOException {
        // Half a core library is more than a file may have, in memory as on disk.
        Loading loading = Loading.run(scratch, child -> withJar(child).through("sh", "-c", "ulimit -f 1000 && exec \"$@\"", "sh"));

        assertThat(loading.failure())
                .contains("tried " + file + "/llama-ffm (XDG_CACHE_HOME): it cannot be created: ")
                .contains("tried " + temporary + File.separator + "llama-ffm-nobody (java.io.tmpdir): ")
                .contains("tried memory (memfd_create): a file in memory cannot be written: File too large")
                .contains("LLAMAFFM_CACHE_DIR", "io.github.llamaffm.bindings.Natives");
    }
}
