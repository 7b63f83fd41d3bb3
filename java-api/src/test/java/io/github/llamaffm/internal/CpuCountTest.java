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

    /** Two fast cores with two threads each, and four slow ones. */
    @Test
    void countsOnlyFastCoresWhereThereAreTwoKinds() throws IOException {
        for (int cpu = 0; cpu < 4; cpu++) {
            siblings(cpu, cpu / 2 * 2 + "-" + (cpu / 2 * 2 + 1));
        }
        for (int cpu = 4; cpu < 8; cpu++) {
            siblings(cpu, "" + cpu);
        }
        Path fast = Files.createDirectories(root.resolve("sys/devices/cpu_core")).resolve("cpus");
        Files.writeString(fast, "0-3\n");

        allow("0-7");
        assertThat(CpuCount.physical(root)).hasValue(2);
        allow("2-5");
        assertThat(CpuCount.physical(root)).hasValue(1);
        allow("4-6");
        assertThat(CpuCount.physical(root)).as("where it may use slow ones only").hasValue(3);
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
