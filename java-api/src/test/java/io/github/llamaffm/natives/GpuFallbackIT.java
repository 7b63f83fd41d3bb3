package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a module and run-time libraries that stand in for the real ones. */
class GpuFallbackIT extends GpuFallback {

    @TempDir
    private static Path folder;

    private static CudaFiles toys;

    GpuFallbackIT() {
        super(toys);
    }

    @BeforeAll
    static void compile() throws Exception {
        toys = CudaFiles.toys(folder.toRealPath());
    }

    /** The service of a jar with run-time libraries and no module. */
    public static final class RuntimeBundle extends FolderBundle {}

    @Test
    void librariesFromAJar(@TempDir Path scratch) throws IOException {
        NativeFolder libraries = new NativeFolder(toys.runtime()).copyTo(scratch.resolve("runtime"));
        Files.writeString(libraries.path().resolve("index.properties"), """
                format=1
                abi.id=none
                platform=%s
                backend=cuda99-runtime
                """.formatted(NativeLibrary.report().platform()));
        Path jar = libraries.reindex().pack(scratch.resolve("runtime.jar"), RuntimeBundle.class);

        List<String> lines = report(child -> withJars(child, jar).environment("LD_LIBRARY_PATH", toys.driver()));

        assertThat(lines).filteredOn(line -> line.contains("-cuda99-runtime-")).hasSize(3);
        assertThat(lines).last().asString().endsWith(": FAILED, it is loaded and finds no device");
    }

    /** Without the probe it would end the JVM. */
    @Test
    void aDriverThatCrashes(@TempDir Path scratch) throws IOException {
        List<String> lines = report(child -> withProbe(child, scratch).environment("TOY_CRASH", "1"));

        assertThat(lines)
                .singleElement()
                .asString()
                .contains("libggml-cuda.so: FAILED, the probe ended with SIGABRT starting libcuda.so.1. The next starts take that from "
                        + scratch.toRealPath().resolve("probe"));
    }

    @Test
    void theProbeFindsTheLibrariesThatTheLoaderFound(@TempDir Path scratch) throws IOException {
        List<String> lines = report(child -> withProbe(child, scratch).environment("LLAMAFFM_CUDA_PATH", toys.runtime()));

        assertThat(lines)
                .last()
                .asString()
                .endsWith("libggml-cuda.so: FAILED, it is loaded and finds no device; the probe started its devices first");
    }

    private static ChildJvm withProbe(ChildJvm child, Path cache) {
        return child.environment("LD_LIBRARY_PATH", toys.driver())
                .property("llamaffm.probe", "true")
                .property("llamaffm.cache.dir", cache);
    }

    /** The module of the toys has code for 9.0 and 12.0. */
    @Test
    void aCardThatIsOlderThanTheCodeOfTheModule() throws IOException {
        List<String> lines = withDriver("LLAMAFFM_CUDA_PATH", toys.runtime().toString(), "TOY_CARD", "1", "TOY_CAPABILITY", "86");

        String reason = "the GPU has compute capability 8.6, the module has code for 9.0 and newer. To use it, take a module that has: ";
        assertThat(lines).filteredOn(line -> line.startsWith("CUDA0: ")).singleElement().asString().startsWith("CUDA0: REJECTED, " + reason);
        assertThat(lines).last().asString().startsWith(failed() + reason);
    }

    /** Then neither the loader nor the module finds by its name what was opened by its path. */
    @Test
    void aLibraryThatCallsItselfOtherwise(@TempDir Path scratch) throws IOException, InterruptedException {
        Path runtime = new NativeFolder(toys.runtime()).copyTo(scratch.resolve("runtime")).path();
        CudaFiles.library(runtime.resolve("libcudart.so.99"), "int toy_cudart(void) { return 0; }", "-Wl,-soname,libother.so");

        List<String> lines = report(child -> child.environment("LD_LIBRARY_PATH", toys.driver()).environment("LLAMAFFM_CUDA_PATH", runtime));

        assertThat(lines).last().asString().contains("libggml-cuda.so: FAILED, ", "libcudart.so.99: cannot open shared object file");
    }
}
