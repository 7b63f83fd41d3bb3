package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much memory this process can still take before the system kills it. llama.cpp asks for the machine's memory only
 * and does not know the limit of a container.
 */
public final class HostMemory {

    private HostMemory() {}

    /** Bytes that can still be allocated; empty where the system does not tell, as on anything but Linux. */
    public static OptionalLong available() {
        return available(Path.of("/"));
    }

    /** @param root of the file system, for tests */
    static OptionalLong available(Path root) {
        OptionalLong machine = field(root.resolve("proc/meminfo"), "MemAvailable:");
        if (machine.isEmpty()) {
            return machine;
        }
        long available = machine.getAsLong() * 1024;
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                available = Math.min(available, leastInHierarchy(root.resolve("sys/fs/cgroup"), parts[2],
                        "memory.max", "memory.current", "inactive_file"));
            } else if (List.of(parts[1].split(",")).contains("memory")) {
                available = Math.min(available, leastInHierarchy(root.resolve("sys/fs/cgroup/memory"), parts[2],
                        "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
            }
        }
        return OptionalLong.of(Math.max(available, 0));
    }

    /** A group is bound by its own limit and by that of every group it lies in. */
    private static long leastInHierarchy(Path mount, String group, String limit, String usage, String reclaimable) {
        long least = Long.MAX_VALUE;
        // In a container the group's path may be that of the host, which is not mounted here: then only the root counts.
        Path folder = mount.resolve(group.substring(1)).normalize();
        while (folder.startsWith(mount)) {
            OptionalLong max = number(folder.resolve(limit));
            OptionalLong used = number(folder.resolve(usage));
            if (max.isPresent() && used.isPresent()) {
                long fileCache = field(folder.resolve("memory.stat"), reclaimable).orElse(0);
                least = Math.min(least, max.getAsLong() - used.getAsLong() + fileCache);
            }
            folder = folder.getParent();
        }
        return least;
    }

    private static OptionalLong number(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? OptionalLong.empty() : parse(lines.getFirst());
    }

    /** The number behind a word at the start of a line. */
    private static OptionalLong field(Path file, String name) {
        return lines(file).stream()
                .map(line -> line.split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals(name))
                .map(words -> parse(words[1]))
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** Not a number is the word "max": no limit. */
    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
