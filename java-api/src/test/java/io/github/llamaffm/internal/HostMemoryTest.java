package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {

    @TempDir
    private Path root;

    @Test
    void isWhatTheMachineHasLeft() throws IOException {
        write("proc/meminfo", "MemTotal: 8000 kB\nMemAvailable:    4000 kB\n");

        assertThat(HostMemory.available(root)).hasValue(4000 * 1024);
    }

    @Test
    void isBoundByTheContainer() throws IOException {
        write("proc/meminfo", "MemAvailable: 4000 kB\n");
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "1000000\n");
        write("sys/fs/cgroup/memory.current", "700000\n");
        write("sys/fs/cgroup/memory.stat", "anon 600000\ninactive_file 50000\n");

        assertThat(HostMemory.available(root)).hasValue(350_000);
    }

    @Test
    void isBoundByEveryGroupAboveItsOwn() throws IOException {
        write("proc/meminfo", "MemAvailable: 4000 kB\n");
        write("proc/self/cgroup", "0::/user/job\n");
        write("sys/fs/cgroup/user/job/memory.max", "max\n");
        write("sys/fs/cgroup/user/job/memory.current", "5\n");
        write("sys/fs/cgroup/user/memory.max", "1000\n");
        write("sys/fs/cgroup/user/memory.current", "900\n");

        assertThat(HostMemory.available(root)).hasValue(100);
    }

    @Test
    void readsTheOlderControlGroups() throws IOException {
        write("proc/meminfo", "MemAvailable: 4000 kB\n");
        write("proc/self/cgroup", "3:cpu,cpuacct:/a\n2:memory:/a\n");
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2000\n");
        write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "2500\n");

        assertThat(HostMemory.available(root)).as("never negative").hasValue(0);
    }

    @Test
    void isUnknownWhereTheSystemDoesNotTell() {
        assertThat(HostMemory.available(root)).isEmpty();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
