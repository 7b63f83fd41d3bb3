package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.RuntimeReport.Candidate;
import io.github.llamaffm.RuntimeReport.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeReportTest {

    private static final Device CPU = device("CPU", Device.Type.CPU);

    private static Device device(String name, Device.Type type) {
        return new Device(name, "Some " + name, "", type, name, 3 << 20, 4 << 20);
    }

    private static RuntimeReport report(List<Device> devices, List<String> notes, Candidate... candidates) {
        return new RuntimeReport("0.5.0", "gcc", "0123456789ab", "linux-x86_64", Path.of("/lib/libllamaffm.so"), Optional.empty(),
                List.of("AVX2", "FMA"), devices, List.of(candidates), Map.of("NVIDIA driver", "580.95"), List.of(), notes);
    }

    @ParameterizedTest
    @CsvSource({"/a/libggml-cuda.so,cuda", "libggml-vulkan.so of llama-ffm-native-vulkan-1.jar,vulkan", "libggml-vulkan.so in memory (/proc/self/fd/9),vulkan",
            "C:\\a\\ggml-cuda.dll,cuda",
            "/a/libggml-cpu-zen4.so,", "/a/libggml-rpc.so,", "/a/ggml-x/libllamaffm-0123456789ab.so,", "/a/libcudart.so.13,"})
    void tellsGpuModulesFromOthers(String name, String backend) {
        assertThat(new Candidate(name, Status.USED, "").gpuBackend()).isEqualTo(Optional.ofNullable(backend));
    }

    @Test
    void saysOfEachGpuModuleWhyItDoesNotHelp() {
        RuntimeReport report = report(List.of(CPU), List.of("no device files"),
                new Candidate("/a/libggml-cuda.so", Status.FAILED, "no driver"),
                new Candidate("/a/libggml-vulkan.so", Status.USED, "loaded"),
                new Candidate("/a/libggml-cpu-x64.so", Status.REJECTED, "another fits better"));

        assertThat(report.whyNoGpu())
                .isEqualTo("/a/libggml-cuda.so: no driver; /a/libggml-vulkan.so: it runs, and found no device; no device files");
    }

    @Test
    void saysThatThereIsNoGpuModule() {
        assertThat(report(List.of(CPU), List.of()).whyNoGpu()).contains("no GPU module for linux-x86_64");
        assertThat(report(List.of(CPU, device("CUDA0", Device.Type.GPU)), List.of()).whyNoGpu()).isEmpty();
    }

    @Test
    void isAPage() {
        String page = report(List.of(CPU, device("CUDA0", Device.Type.GPU)), List.of("something"),
                new Candidate("/a/libggml-cuda.so", Status.FAILED, "no driver")).toString();

        assertThat(page).contains("CPU features        AVX2 FMA\n", "NVIDIA driver       580.95\n", "device              CUDA0, gpu, Some CUDA0, 3 of 4 MiB free\n",
                "failed              /a/libggml-cuda.so: no driver\n", "note                something\n");
    }
}
