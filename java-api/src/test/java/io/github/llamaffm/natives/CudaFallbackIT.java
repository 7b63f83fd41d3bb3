package io.github.llamaffm.natives;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** With the real module for CUDA 13 and NVIDIA's run-time libraries, whose folders two properties name. */
@Tag("gpu")
class CudaFallbackIT extends GpuFallback {

    @TempDir
    private static Path folder;

    private static CudaFiles real;

    CudaFallbackIT() {
        super(real);
    }

    @BeforeAll
    static void compileTheDriver() throws Exception {
        real = CudaFiles.real(folder.toRealPath(), named("llamaffm.cuda13.path"), named("llamaffm.cuda.path"));
    }

    private static Path named(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new AssertionError("-D" + property + " is missing: see CONTRIBUTING.md");
        }
        return Path.of(value).toAbsolutePath();
    }
}
