package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCacheTest {

    private static final String CPU = """
            processor	: 0
            model name	: Some CPU
            flags		: fpu avx avx512f
            cpu MHz		: 2596.124
            """;

    @TempDir
    private Path root;

    private final ProbeVerdict verdict = new ProbeVerdict.Bad("the probe ended with SIGILL opening a");

    @BeforeEach
    void machine() throws IOException {
        write("proc/cpuinfo", CPU);
        write("proc/driver/nvidia/version", "NVRM 580.1");
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private ProbeMachine machine(String kernel, Map<String, String> environment) {
        return new ProbeMachine(root, name -> name.equals("os.version") ? kernel : "x", environment);
    }

    private List<String> cpu() {
        return machine("6.1", Map.of()).cpu();
    }

    private List<String> gpu() {
        return machine("6.1", Map.of()).gpu();
    }

    @Test
    void aVerdictIsFoundUnderItsKeyOnly() throws IOException {
        ProbeCache cache = new ProbeCache(Files.createDirectory(root.resolve("probe")));
        cache.keep(cpu(), verdict);

        assertThat(cache.find(cpu())).contains(verdict);
        assertThat(cache.find(machine("6.2", Map.of()).cpu())).isEmpty();
        assertThat(cache.file(cpu())).content().startsWith("os.name x\n").endsWith("\nverdict " + verdict + "\n");
        assertThat(root.resolve("probe")).isDirectoryContaining(file -> file.equals(cache.file(cpu()))).isDirectoryNotContaining("glob:**.new-*");
    }

    @Test
    void aFileThatWasChangedIsNoVerdict() throws IOException {
        ProbeCache cache = new ProbeCache(Files.createDirectory(root.resolve("probe")));
        for (String text : List.of("", "verdict " + verdict + "\n", String.join("\n", cpu()) + "\nverdict good\n")) {
            Files.writeString(cache.file(cpu()), text);
            assertThat(cache.find(cpu())).as(text).isEmpty();
        }
    }

    @Test
    void anotherProcessorIsAnotherMachine() throws IOException {
        List<String> before = cpu();
        write("proc/cpuinfo", CPU.replace("2596", "3000"));
        assertThat(cpu()).isEqualTo(before);
        // A kernel that does not switch it on.
        write("proc/cpuinfo", CPU.replace(" avx512f", ""));
        assertThat(cpu()).isNotEqualTo(before);
        assertThat(machine("6.1", Map.of("PROCESSOR_IDENTIFIER", "Intel64")).cpu()).isNotEqualTo(cpu());
    }

    @Test
    void anotherDriverIsAnotherMachine() throws IOException {
        List<String> cpu = cpu();
        List<String> before = gpu();
        write("proc/driver/nvidia/version", "NVRM 580.2");
        List<String> updated = gpu();
        write("usr/share/vulkan/icd.d/lvp_icd.json", "{}");
        List<String> further = gpu();
        write("dev/nvidia0", "");
        List<String> attached = gpu();

        assertThat(List.of(before, updated, further, attached)).doesNotHaveDuplicates();
        assertThat(machine("6.1", Map.of("CUDA_VISIBLE_DEVICES", "")).gpu()).isNotEqualTo(attached);
        assertThat(machine("6.1", Map.of("EDITOR", "vi")).gpu()).isEqualTo(attached);
        assertThat(cpu()).isEqualTo(cpu);
    }
}
