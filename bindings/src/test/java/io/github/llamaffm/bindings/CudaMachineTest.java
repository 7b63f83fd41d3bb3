package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaMachineTest {

    private static final String REASON = "libcuda.so.1: cannot open shared object file";

    @TempDir
    private Path root;

    private CudaMachine machine(Map<String, String> environment) {
        return new CudaMachine(root, environment::get);
    }

    private void exists(String path) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.createFile(root.resolve(path));
    }

    private Unusable noDriver() {
        return machine(Map.of()).noDriver("libcuda.so.1", REASON);
    }

    @Test
    void withoutADriverItIsToBeInstalled() {
        assertThat(noDriver()).hasMessage("no NVIDIA driver is installed: " + REASON);
        assertThat(noDriver().remedy()).startsWith("Install NVIDIA's driver");
    }

    @Test
    void aContainerIsToBeStartedWithTheGpu() throws IOException {
        exists(".dockerenv");

        assertThat(noDriver().remedy()).contains("container without device files", "--gpus all");
        assertThat(machine(Map.of()).remedy(100)).contains("/dev/nvidia* are missing", "--gpus all");
    }

    @Test
    void aKernelWithTheDriverAndNoLibraryIsSeen() throws IOException {
        exists("proc/driver/nvidia/version");

        assertThat(noDriver()).hasMessage("the kernel has NVIDIA's driver, but its library is not here: " + REASON);
        assertThat(noDriver().remedy()).contains("Install the libraries of the driver, libcuda.so.1");

        exists("run/.containerenv");
        assertThat(noDriver().remedy()).contains("--gpus all");
    }

    @Test
    void noDeviceHasThreeReasons() throws IOException {
        assertThat(machine(Map.of("CUDA_VISIBLE_DEVICES", "")).remedy(100)).startsWith("CUDA_VISIBLE_DEVICES is \"\"");
        assertThat(machine(Map.of()).remedy(100)).contains("/dev/nvidia* are missing").doesNotContain("--gpus");

        exists("dev/nvidiactl");
        exists("dev/nvidia-uvm");
        assertThat(machine(Map.of()).remedy(100)).isEqualTo("Run nvidia-smi, which lists the GPUs of this machine.");
    }

    @Test
    void eachFailureHasANextStep() {
        assertThat(machine(Map.of()).remedy(803)).contains("different versions", "restart");
        assertThat(machine(Map.of()).remedy(999)).contains("kernel's log");
        assertThat(machine(Map.of()).remedy(1)).isEqualTo("Run nvidia-smi.");
    }
}
