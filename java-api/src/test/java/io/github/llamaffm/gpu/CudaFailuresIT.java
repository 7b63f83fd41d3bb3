package io.github.llamaffm.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs the CUDA module, which {@code native/build cuda13} builds; {@code -Dllamaffm.cuda13.path=FOLDER} names its folder. */
@Tag("gpu")
class CudaFailuresIT {

    @TempDir
    private static Path runtime;

    private static Path module;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        module = Path.of(System.getProperty("llamaffm.cuda13.path", "")).toAbsolutePath();
        assertThat(module.resolve("libggml-cuda.so")).as("-Dllamaffm.cuda13.path: see CONTRIBUTING.md").exists();
        Process script = new ProcessBuilder("../native/cuda/failing-runtime", module.resolve("libggml-cuda.so").toString(), runtime.toString())
                .inheritIO().start();
        assertThat(script.waitFor()).isZero();
    }

    private static ChildJvm child(Class<?> main) {
        Path core = LlamaRuntime.instance().report().core().getParent();
        return ChildJvm.of(main)
                .property("llamaffm.library.path", core + File.pathSeparator + module)
                .environment("LD_LIBRARY_PATH", runtime)
                .environment("LLAMAFFM_CUDA_PATH", runtime)
                .arguments(TestFiles.model());
    }

    @Test
    void outOfMemoryAndALostDeviceAreExceptionsAndEverythingCanBeClosed() throws IOException {
        child(CudaFailures.class).run().assertSilent();
    }

    /** A card that CUDA 13 has left behind, beside two others. */
    @Test
    void noModelGoesToACardThatTheModuleHasNoCodeFor() throws IOException {
        child(MixedCards.class).environment("FAILING_RUNTIME_CAPABILITIES", "61,90,90").run().assertSilent();
    }
}
