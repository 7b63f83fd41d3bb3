package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the libraries that stand in for NVIDIA's are Linux's")
class RequiredGpuIT {

    @Test
    void theExceptionNamesTheModuleAndTheTrueReason(@TempDir Path folder) throws Exception {
        ToyCuda toy = ToyCuda.compile(folder.toRealPath());
        ChildJvm.of(RequiredGpu.class)
                .property("llamaffm.library.path", Loading.classPath(NativeLibrary.report().core().getParent(), toy.module()))
                .environment("LD_LIBRARY_PATH", toy.driver())
                .environment("LLAMAFFM_CUDA_PATH", toy.runtime())
                .environment("TOY_INIT", "999")
                .arguments(TestFiles.model(), "requireGpu() asks for all layers on GPUs, and there is no GPU that can be used: " + toy.module(),
                        "cuInit returned 999")
                .run().assertSilent();
    }
}
