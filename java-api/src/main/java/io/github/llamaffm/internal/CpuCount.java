package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** How many threads compute fastest here: one per physical core that this process may really use. */
public final class CpuCount {

    private CpuCount() {}

    /** The least of physical cores, CPU affinity and container quota; at least 1. */
    public static int physical() {
        // The JVM knows affinity, quota and -XX:ActiveProcessorCount, but counts two for a core with two threads.
        int processors = Runtime.getRuntime().availableProcessors();
        return Math.min(processors, physical(Path.of("/")).orElse(processors));
    }

    /**
     * Cores among the CPUs that this process may run on.
     *
     * @param root of the file system, for tests
     * @return empty where the system does not tell, as on anything but Linux
     */
    static OptionalInt physical(Path root) {
        try (var lines = Files.lines(root.resolve("proc/self/status"))) {
            List<String> allowed = lines.filter(line -> line.startsWith("Cpus_allowed_list:")).toList();
            if (allowed.isEmpty()) {
                return OptionalInt.empty();
            }
            Set<Integer> cpus = list(allowed.getFirst().substring("Cpus_allowed_list:".length()));
            Set<Integer> fast = performanceCpus(root);
            fast.retainAll(cpus);
            Set<String> cores = new HashSet<>();
            for (int cpu : fast.isEmpty() ? cpus : fast) {
                cores.add(Files.readString(root.resolve(
                        "sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list")).strip());
            }
            return OptionalInt.of(cores.size());
        } catch (IOException | RuntimeException e) {
            return OptionalInt.empty();
        }
    }

    /** Of a processor with two kinds of cores. The slow ones would make the fast ones wait at each step. */
    private static Set<Integer> performanceCpus(Path root) {
        try {
            return list(Files.readString(root.resolve("sys/devices/cpu_core/cpus")));
        } catch (IOException e) {
            return new HashSet<>();
        }
    }

    /** Such as {@code 0-3,8}. */
    private static Set<Integer> list(String text) {
        Set<Integer> cpus = new HashSet<>();
        for (String range : text.strip().split(",")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1].strip());
            for (int cpu = Integer.parseInt(ends[0].strip()); cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }
}
