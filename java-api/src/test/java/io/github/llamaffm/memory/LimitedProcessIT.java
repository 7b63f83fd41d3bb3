package io.github.llamaffm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/**
 * A process that the system really limits: it takes less, fills it and lives. Without a limit it would take 8,192 tokens, of
 * 189 MB, beside 97 MB of weights.
 */
class LimitedProcessIT {

    private static final long MIB = 1 << 20;

    /** Killed by the system if it took more. The group lies in that of this process, so that whatever binds it still does. */
    @Test
    void aControlGroupLimitsTheContext() throws Exception {
        ControlGroup group = ControlGroup.create(384 * MIB);
        try {
            Properties report = run(ChildJvm.of(LimitedProcess.class).through(group.launcher()));

            assertThat(Long.parseLong(report.getProperty("available"))).isBetween(MIB, 384 * MIB);
            assertTakesLess(report);
        } finally {
            group.remove();
        }
    }

    /** Without the check before a load the third model, of which the system hands out the memory, would end the process. */
    @Test
    void aControlGroupRefusesWeights() throws Exception {
        ControlGroup group = ControlGroup.create(384 * MIB);
        try {
            Properties report = run(ChildJvm.of(ReadModels.class).through(group.launcher()));

            assertThat(Integer.parseInt(report.getProperty("models"))).isBetween(1, 3);
            assertThat(report.getProperty("refused"))
                    .matches("the weights of model\\.gguf need 9\\d MiB on the host, \\d{1,2} MiB are available beside \\d+ MiB by which .*");
            assertThat(report.getProperty("mapped")).isEqualTo("works");
        } finally {
            group.remove();
        }
    }

    /** Memory is refused, not taken away: llama.cpp would answer with a failed allocation. */
    @Test
    void aLimitOfTheAddressSpaceLimitsTheContext() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "there is no prlimit to limit the child with");

        Properties report = run(ChildJvm.of(LimitedProcess.class)
                .through("prlimit", "--as=" + 800 * MIB)
                // What the JVM reserves of it.
                .options("-XX:ActiveProcessorCount=2", "-XX:ReservedCodeCacheSize=64m", "-XX:CompressedClassSpaceSize=64m")
                .environment("MALLOC_ARENA_MAX", 1));

        assertThat(Long.parseLong(report.getProperty("available"))).isBetween(MIB, 600 * MIB);
        assertTakesLess(report);
    }

    private static Properties run(ChildJvm child) throws IOException {
        var result = child.options("-Xmx48m").arguments(TestFiles.model()).run();
        Properties report = new Properties();
        report.load(new StringReader(result.assertSuccess()));
        return report;
    }

    private static void assertTakesLess(Properties report) {
        int context = Integer.parseInt(report.getProperty("context"));
        assertThat(context).isBetween(512, 8191).isEqualTo(context / 256 * 256);
        assertThat(report.getProperty("plan")).as("before the weights were loaded").endsWith("fits=true");
        assertThat(report.getProperty("tokens")).isEqualTo("128");
        assertThat(report.getProperty("refused")).contains("a context of 65536 tokens needs", "lower contextSize to at most ");
        assertThat(Long.parseLong(report.getProperty("needed"))).isGreaterThan(1500 * MIB);
    }

    /** A control group of the first or the second kind, where this process may make one. */
    private record ControlGroup(Path folder) {

        static ControlGroup create(long limit) throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
                String[] parts = line.split(":", 3);
                boolean second = parts[1].isEmpty();
                Path parent = Path.of(second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory", parts[2]);
                Path limitOf = Path.of(second ? "memory.max" : "memory.limit_in_bytes");
                if (!second && !parts[1].equals("memory") || !Files.isWritable(parent)) {
                    continue;
                }
                Path folder = parent.resolve("llama-ffm-test-" + ProcessHandle.current().pid());
                try {
                    Files.createDirectory(folder);
                    Files.writeString(folder.resolve(limitOf), Long.toString(limit));
                    return new ControlGroup(folder);
                } catch (IOException e) {
                    Files.deleteIfExists(folder);
                }
            }
            assumeTrue(false, "this process may not make a control group that limits memory");
            throw new AssertionError();
        }

        /** Enters the group before the JVM starts. */
        String[] launcher() {
            return new String[] {"sh", "-c", "echo $$ > " + folder.resolve("cgroup.procs") + " && exec \"$@\"", "sh"};
        }

        void remove() throws IOException {
            Files.delete(folder);
        }
    }
}
