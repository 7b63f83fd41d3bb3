package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How much memory this process can still take before the system kills it or refuses. llama.cpp asks for the machine's
 * memory only, and knows no limit of a container or a process.
 *
 * @param physical bytes of RAM that the machine and every container around the process have left; page cache that can be
 *     dropped counts as left. Empty where the system does not tell, as on anything but Linux
 * @param addressSpace bytes that the limits of the process ({@code ulimit -v}, {@code -d}) leave; empty: no limit
 * @param heap bytes that the Java heap may still grow by
 */
public record HostMemory(OptionalLong physical, OptionalLong addressSpace, long heap) {

    /** As things are now. */
    public static HostMemory now() {
        Runtime runtime = Runtime.getRuntime();
        return read(Path.of("/"), runtime.maxMemory() - runtime.totalMemory());
    }

    /**
     * Bytes that native code can still take: the least of all limits, less what is left to the Java heap.
     *
     * @param machineFree where {@link #physical} is empty
     * @param mapped bytes that the caller has mapped from files and counts himself; they take address space already
     */
    public long available(long machineFree, long mapped) {
        // The address space of the whole heap was taken when the JVM started.
        long available = Math.min(physical.orElse(machineFree) - heap, addressSpace.orElse(Long.MAX_VALUE - mapped) + mapped);
        return Math.max(available, 0);
    }

    /** @param root of the file system, for tests */
    static HostMemory read(Path root, long heap) {
        OptionalLong machine = field(root.resolve("proc/meminfo"), "MemAvailable:");
        OptionalLong physical = machine.isEmpty()
                ? machine
                : OptionalLong.of(Math.min(machine.getAsLong() * 1024, ControlGroups.read(root).available()));
        return new HostMemory(physical, least(Stream.of(
                left(root, "Max address space", "VmSize:"),
                // Counts what is written to, which the heap is not before it grows.
                left(root, "Max data size", "VmData:").stream()
                        .mapToObj(bytes -> OptionalLong.of(bytes - heap))
                        .findFirst().orElse(OptionalLong.empty()))), heap);
    }

    private static OptionalLong least(Stream<OptionalLong> values) {
        return values.flatMapToLong(OptionalLong::stream).min();
    }

    /** What one limit of the process leaves. */
    private static OptionalLong left(Path root, String limit, String used) {
        OptionalLong bytes = lines(root.resolve("proc/self/limits")).stream()
                .filter(line -> line.startsWith(limit))
                .map(line -> parse(line.substring(limit.length()).strip().split("\\s+")[0]))
                .findFirst()
                .orElse(OptionalLong.empty());
        OptionalLong taken = field(root.resolve("proc/self/status"), used);
        return bytes.isEmpty() || taken.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.getAsLong() - taken.getAsLong() * 1024);
    }

    /** The number behind a word at the start of a line. */
    static OptionalLong field(Path file, String name) {
        return lines(file).stream()
                .map(line -> line.split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals(name))
                .map(words -> parse(words[1]))
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** Not a number are the words for no limit. */
    static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
