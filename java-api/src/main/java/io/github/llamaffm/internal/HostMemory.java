package io.github.llamaffm.internal;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

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

    private static final String[] NO_LINES = {};

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

    // Plain loops: streams and regular expressions would cost a program that makes one context more time than its reads do.

    /** @param root of the file system, for tests */
    static HostMemory read(Path root, long heap) {
        OptionalLong machine = field(lines(root.resolve("proc/meminfo")), "MemAvailable:");
        OptionalLong physical = machine.isEmpty()
                ? machine
                : OptionalLong.of(Math.min(machine.getAsLong() * 1024, ControlGroups.ofMemory(root).available()));
        return new HostMemory(physical, addressSpace(root, heap), heap);
    }

    private static OptionalLong addressSpace(Path root, long heap) {
        long left = Long.MAX_VALUE;
        for (String line : lines(root.resolve("proc/self/limits"))) {
            if (line.startsWith("Max address space")) {
                left = Math.min(left, left(root, line, "VmSize:"));
            } else if (line.startsWith("Max data size")) {
                // Counts what is written to, which the heap is not before it grows.
                long data = left(root, line, "VmData:");
                left = Math.min(left, data == Long.MAX_VALUE ? data : data - heap);
            }
        }
        return left == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(left);
    }

    /** What one limit of the process leaves. */
    private static long left(Path root, String limit, String used) {
        OptionalLong bytes = firstNumber(limit, "unlimited");
        OptionalLong taken = bytes.isEmpty() ? bytes : field(lines(root.resolve("proc/self/status")), used);
        return taken.isEmpty() ? Long.MAX_VALUE : bytes.getAsLong() - taken.getAsLong() * 1024;
    }

    /** The number behind a word at the start of a line. */
    static OptionalLong field(String[] lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                OptionalLong number = firstNumber(line.substring(name.length()), "");
                if (number.isPresent()) {
                    return number;
                }
            }
        }
        return OptionalLong.empty();
    }

    /**
     * The first number of a text.
     *
     * @param none in whose place another number would follow; empty: no such word
     */
    static OptionalLong firstNumber(String text, String none) {
        int start = 0;
        while (start < text.length() && !isDigit(text.charAt(start))) {
            start++;
        }
        if (start == text.length() || !none.isEmpty() && text.lastIndexOf(none, start) >= 0) {
            return OptionalLong.empty();
        }
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return OptionalLong.of(Long.parseLong(text, start, end, 10));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** None of a file that is missing, or may not be read. */
    static String[] lines(Path path) {
        // Not by channels: until they are compiled, each of these small files would take twice as long.
        File file = path.toFile();
        if (!file.canRead()) {
            return NO_LINES;
        }
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
        } catch (IOException e) {
            return NO_LINES;
        }
    }
}
