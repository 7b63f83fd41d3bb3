package io.github.llamaffm.natives;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
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
}
