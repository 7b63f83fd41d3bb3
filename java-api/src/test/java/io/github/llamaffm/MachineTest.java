package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.RuntimeReport.Candidate;
import io.github.llamaffm.RuntimeReport.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTest {

    private static final List<Candidate> VULKAN = List.of(new Candidate("/a/libggml-vulkan.so", Status.USED, "loaded"));

    @TempDir
    private Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** The open and the closed kernel module write their versions differently. */
    @ParameterizedTest
    @ValueSource(strings = {
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 10:11:16 UTC 2025\nGCC version:  gcc version 12.2.0\n",
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (root@host)  Tue Sep 23\nGCC version:  gcc\n"})
    void readsTheVersionOfNvidiasDriver(String text) throws IOException {
        write("proc/driver/nvidia/version", text);

        assertThat(new Machine(root, _ -> null, false).versions()).isEqualTo(Map.of("NVIDIA driver", "580.95.05"));
    }

    @Test
    void anEmptyMachineHasNothingToSay() {
        assertThat(new Machine(root, _ -> null, false).versions()).isEmpty();
        assertThat(new Machine(root, _ -> null, false).notes(VULKAN)).isEmpty();
    }

    @Test
    void aContainerWithoutDeviceFilesIsNoted() throws IOException {
        write("proc/1/cgroup", "0::/kubepods/besteffort/pod1\n");

        assertThat(new Machine(root, _ -> null, false).notes(VULKAN)).singleElement().asString().contains("no device files of a GPU");
        assertThat(new Machine(root, _ -> null, false).notes(List.of())).as("no GPU module").isEmpty();
        Files.createDirectories(root.resolve("dev/dri"));
        assertThat(new Machine(root, _ -> null, false).notes(VULKAN)).isEmpty();
    }

    @Test
    void aTranslatedJvmIsNoted() {
        assertThat(new Machine(root, _ -> null, true).notes(List.of())).singleElement().asString().contains("Rosetta");
    }
}
