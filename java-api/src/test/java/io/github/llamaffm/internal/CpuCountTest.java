package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCountTest {

    @TempDir
    private Path root;

    @Test
    void countsACoreWithTwoThreadsOnce() throws IOException {
        allow("0-7");
        for (int cpu = 0; cpu < 8; cpu++) {
            siblings(cpu, cpu % 4 + "," + (cpu % 4 + 4));
        }

        assertThat(CpuCount.physical(root)).hasValue(4);
    }

    @Test
    void countsOnlyCoresThatTheProcessMayUse() throws IOException {
        allow("1,4-5");
        siblings(1, "0-1");
        siblings(4, "4-5");
        siblings(5, "4-5");

        assertThat(CpuCount.physical(root)).hasValue(2);
    }

    @Test
    void doesNotKnowWhereTheSystemDoesNotTell() throws IOException {
        assertThat(CpuCount.physical(root)).isEmpty();
        allow("0-1");
        assertThat(CpuCount.physical(root)).isEmpty();
        allow("nonsense");
        assertThat(CpuCount.physical(root)).isEmpty();
    }

    @Test
    void isNeverMoreThanTheJvmMayUse() {
        assertThat(CpuCount.physical()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    private void allow(String cpus) throws IOException {
        Path status = root.resolve("proc/self/status");
        Files.createDirectories(status.getParent());
        Files.writeString(status, "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + cpus + "\n");
    }

    private void siblings(int cpu, String list) throws IOException {
        Path file = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
        Files.createDirectories(file.getParent());
        Files.writeString(file, list + "\n");
    }
}
