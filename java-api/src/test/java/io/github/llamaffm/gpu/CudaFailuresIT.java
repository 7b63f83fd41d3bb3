package io.github.llamaffm.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs the CUDA module, which {@code native/build cuda13} builds; {@code -Dllamaffm.cuda13.path=FOLDER} names its folder. */
@Tag("gpu")
class CudaFailuresIT {

    @Test
    void outOfMemoryAndALostDeviceAreExceptionsAndEverythingCanBeClosed(@TempDir Path runtime) throws IOException, InterruptedException {
        Path module = Path.of(System.getProperty("llamaffm.cuda13.path", "")).toAbsolutePath();
        assertThat(module.resolve("libggml-cuda.so")).as("-Dllamaffm.cuda13.path: see CONTRIBUTING.md").exists();
        Process script = new ProcessBuilder("../native/cuda/failing-runtime", module.resolve("libggml-cuda.so").toString(), runtime.toString())
                .inheritIO().start();
        assertThat(script.waitFor()).isZero();

        Path core = LlamaRuntime.instance().report().core().getParent();
        ChildJvm.of(CudaFailures.class)
                .property("llamaffm.library.path", core + File.pathSeparator + module)
                .environment("LD_LIBRARY_PATH", runtime)
                .environment("LLAMAFFM_CUDA_PATH", runtime)
                .arguments(TestFiles.model())
                .run().assertSilent();
    }
}
