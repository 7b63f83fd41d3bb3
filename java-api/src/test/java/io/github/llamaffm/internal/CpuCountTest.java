package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        CpuCount here = CpuCount.ofThisProcess();
        assertThat(here.batches()).isBetween(1, Runtime.getRuntime().availableProcessors());
        assertThat(here.tokens()).isBetween(1, here.batches());
    }

    @ParameterizedTest
    @CsvSource({
        // physical, processors, quota, batches, tokens
        "4, 4, Infinity, 4, 4",
        "2, 2, 1.5, 2, 1",
        "3, 3, 2.9, 3, 2",
        "3, 3, 3.0, 3, 3",
        "1, 1, 0.5, 1, 1",
        // two threads of one core
        "2, 4, 3.5, 2, 2",
        // affinity, or -XX:ActiveProcessorCount, which comes before the quota
        "1, 1, 1.5, 1, 1",
        "4, 4, 1.5, 4, 4",
    })
    void onlyWholeCpusOfAQuotaComputeOneToken(int physical, int processors, double quota, int batches, int tokens) {
        assertThat(CpuCount.of(physical, processors, quota)).isEqualTo(new CpuCount(batches, tokens));
    }

    @Test
    void readsTheQuotaOfTheNewerControlGroups() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n");
        assertThat(ControlGroups.ofCpu(root).cpus()).isInfinite();
        write("sys/fs/cgroup/cpu.max", "max 100000\n");
        assertThat(ControlGroups.ofCpu(root).cpus()).isInfinite();
        write("sys/fs/cgroup/cpu.max", "150000 100000\n");
        assertThat(ControlGroups.ofCpu(root).cpus()).isEqualTo(1.5);
    }

    @Test
    void readsTheLeastQuotaOfTheOlderControlGroups() throws IOException {
        write("proc/self/cgroup", "4:memory:/\n1:cpu,cpuacct:/limited/more\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
        quota("", "-1");
        quota("limited/", "150000");
        quota("limited/more/", "400000");
        assertThat(ControlGroups.ofCpu(root).cpus()).isEqualTo(1.5);
        quota("limited/", "-1");
        assertThat(ControlGroups.ofCpu(root).cpus()).isEqualTo(4);
    }

    private void quota(String group, String quota) throws IOException {
        write("sys/fs/cgroup/cpu/" + group + "cpu.cfs_quota_us", quota + "\n");
        write("sys/fs/cgroup/cpu/" + group + "cpu.cfs_period_us", "100000\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
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
