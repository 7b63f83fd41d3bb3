package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How many threads compute fastest here: one per physical core that this process may really use.
 *
 * @param batches for many tokens at once: a part of a CPU helps
 * @param tokens  for one token: whole CPUs only. Threads meet after every operation, and when the quota of a moment is used up one of
 *                them is stopped while the others wait and use up the next one: two threads on 1.5 CPUs are slower than one
 */
public record CpuCount(int batches, int tokens) {

    /** For this process, as it is now. */
    public static CpuCount ofThisProcess() {
        return of(physical(), Runtime.getRuntime().availableProcessors(), ControlGroups.ofCpu(Path.of("/")).cpus());
    }

    /** @param processors as the JVM counts them: where that is not the quota, rounded up, something else limits them */
    static CpuCount of(int physical, int processors, double quota) {
        boolean limits = Math.ceil(quota) == processors;
        return new CpuCount(physical, limits ? Math.clamp((long) quota, 1, physical) : physical);
    }

    /** The least of physical cores, CPU affinity and container quota; at least 1. */
    static int physical() {
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
