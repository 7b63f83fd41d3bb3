package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
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

    @Test
    @EnabledIfSystemProperty(named = "llamaffm.cuda-runtime.jar", matches = ".+", disabledReason = "600 MB that few want")
    void librariesFromTheJar() throws IOException {
        Path jar = named("llamaffm.cuda-runtime.jar");

        List<String> lines = report(child -> withJars(child, jar).environment("LD_LIBRARY_PATH", real.driver()));

        assertThat(lines).filteredOn(line -> line.contains("-cuda13-runtime-")).satisfiesExactly(
                line -> assertThat(line).endsWith("/libcudart.so.13: USED, CUDA run-time library"),
                line -> assertThat(line).endsWith("/libcublasLt.so.13: USED, CUDA run-time library"),
                line -> assertThat(line).endsWith("/libcublas.so.13: USED, CUDA run-time library"));
        assertThat(lines).last().asString().endsWith(": FAILED, it is loaded and finds no device");
    }

    private static Path named(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new AssertionError("-D" + property + " is missing: see CONTRIBUTING.md");
        }
        return Path.of(value).toAbsolutePath();
    }
}
