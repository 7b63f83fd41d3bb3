package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeNatives natives = FakeNatives.linux();

    @TempDir
    private Path scratch;

    private int run(String... args) {
        return run(args, List.of(new FakeNatives("osx-aarch_64", "mac"), natives));
    }

    private int run(String[] args, List<NativeBundle> bundles) {
        return Natives.run(
                args,
                bundles,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void unpacksWhatAFolderNamedByTheUserNeeds() throws Exception {
        Path folder = scratch.resolve("opt/llama-ffm");

        assertThat(run("unpack", folder.toString(), "linux-x86_64")).isZero();

        assertThat(NativeSource.InPlace.of("test", folder).index()).isEqualTo(natives.packed().index());
        assertThat(folder.resolve(FakeNatives.CORE)).hasContent("content core");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("LLAMAFFM_LIBRARY_PATH=" + folder);
        assertThat(err.size()).isZero();
    }

    @Test
    void modulesOfFurtherJarsGetFoldersOfTheirOwn() {
        Path folder = scratch.resolve("natives");
        String[] args = {"unpack", folder.toString(), "linux-x86_64"};
        List<NativeBundle> bundles = List.of(FakeNatives.cuda("cuda13"), natives, FakeNatives.cuda("cuda13-runtime"));

        assertThat(run(args, bundles)).isZero();
        assertThat(run(args, bundles)).as("again").isZero();

        assertThat(folder.resolve("cuda13/libggml-cuda.so")).hasContent("cuda13");
        assertThat(folder.resolve("cuda13-runtime/libggml-cuda.so")).hasContent("cuda13-runtime");
        assertThat(out.toString(StandardCharsets.UTF_8).lines().limit(5)).containsExactly(
                folder + ": wrote 3 files for linux-x86_64 cpu, 0 MB",
                folder + "/cuda13: wrote 1 files for linux-x86_64 cuda13, 0 MB",
                folder + "/cuda13-runtime: wrote 1 files for linux-x86_64 cuda13-runtime, 0 MB",
                "Run with LLAMAFFM_LIBRARY_PATH=" + folder + File.pathSeparator + folder.resolve("cuda13"),
                "and with LLAMAFFM_CUDA_PATH=" + folder.resolve("cuda13-runtime"));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(folder + ": holds already 3 files");
    }

    @Test
    void anotherUserMayReadWhatIsUnpacked() throws Exception {
        run("unpack", scratch.resolve("natives").toString(), "linux-x86_64");
        Path reference = Files.createFile(scratch.resolve("reference"));

        assertThat(Files.getPosixFilePermissions(scratch.resolve("natives").resolve(FakeNatives.CORE)))
                .isEqualTo(Files.getPosixFilePermissions(reference));
    }

    @Test
    void aSecondRunChangesNothing() throws IOException {
        String folder = scratch.resolve("natives").toString();
        run("unpack", folder, "linux-x86_64");
        natives.reads.set(0);

        assertThat(run("unpack", folder, "linux-x86_64")).isZero();
        assertThat(natives.reads).as("the index only").hasValue(1);
    }

    @Test
    void aFolderWithOtherFilesIsLeftAlone() throws IOException {
        Path mine = Files.writeString(scratch.resolve("mine"), "mine");

        assertThat(run("unpack", scratch.toString(), "linux-x86_64")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("llama-ffm: no index.properties").hasLineCount(1);
        assertThat(scratch).isDirectoryNotContaining("glob:**.so");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void takesThePlatformThatIsAskedFor() {
        assertThat(run("unpack", scratch.resolve("mac").toString(), "osx-aarch_64")).isZero();
        assertThat(scratch.resolve("mac").resolve(FakeNatives.CORE)).hasContent("mac core");

        assertThat(run("unpack", scratch.resolve("other").toString(), "windows-x86_64")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(
                "no native jar for windows-x86_64 on the class path or the module path, only for osx-aarch_64, linux-x86_64. Add ",
                "<classifier>windows-x86_64</classifier>");
    }

    @Test
    void tellsItsUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("unpack")).isEqualTo(2);
        assertThat(run("pack", "folder")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("unpack DIR [PLATFORM]");
        assertThat(out.size()).isZero();
    }
}
