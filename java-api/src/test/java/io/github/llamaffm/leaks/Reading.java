package io.github.llamaffm.leaks;

import io.github.llamaffm.support.LiveBlocks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process has at one moment. Linux with glibc, and a JVM that tracks its native memory.
 *
 * @param rounds done until now
 * @param resident bytes of the process that are in memory
 * @param allocated bytes that malloc has handed out to native code, the JVM's own left out
 * @param arenas bytes that Java allocated outside its heap: memory of FFM arenas
 * @param jvm bytes of the JVM itself: its heap, code, classes, threads and what it allocated
 * @param heap bytes of Java objects
 * @param blocks that our native libraries allocated and did not free, see {@link LiveBlocks}
 */
record Reading(long rounds, long resident, long allocated, long arenas, long jvm, long heap, long threads, long files, long mappings,
               long blocks) {

    private static final Path SELF = Path.of("/proc/self");
    private static final int PAGE = 4096;
    private static final int DROPPED = 64 << 10;
    private static final Pattern JVM_TOTAL = Pattern.compile("Total: reserved=\\d+B?, committed=(\\d+)");
    private static final Pattern JVM_MALLOC = Pattern.compile("malloc[:=] ?(\\d+)");
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+B?, committed=(\\d+)");
    private static final Pattern HEAP = Pattern.compile("Java Heap \\(reserved=\\d+B?, committed=(\\d+)");

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle TRIM = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("malloc_trim"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle INFO = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("mallinfo2"),
            FunctionDescriptor.of(MemoryLayout.structLayout(
                    LongStream.range(0, 10).mapToObj(_ -> ValueLayout.JAVA_LONG).toArray(MemoryLayout[]::new))));
    /** {@code hblkhd} and {@code uordblks} of {@code struct mallinfo2}. */
    private static final int MAPPED = 4;
    private static final int IN_USE = 7;

    /** Collects garbage, gives what malloc does not need back to the system, then reads. */
    static Reading take(long rounds, LiveBlocks live) {
        try (Arena arena = Arena.ofConfined()) {
            String jvm = collected();
            int trimmed = (int) TRIM.invokeExact(0L);
            MemorySegment info = (MemorySegment) INFO.invoke(arena);
            long malloc = info.getAtIndex(ValueLayout.JAVA_LONG, MAPPED) + info.getAtIndex(ValueLayout.JAVA_LONG, IN_USE);
            long resident = Long.parseLong(Files.readString(SELF.resolve("statm")).split(" ")[1]) * PAGE;
            Runtime java = Runtime.getRuntime();
            return new Reading(rounds, resident, malloc - number(JVM_MALLOC, jvm), number(OTHER, jvm),
                    number(JVM_TOTAL, jvm) - number(OTHER, jvm) - number(HEAP, jvm), java.totalMemory() - java.freeMemory(),
                    entries("task"), entries("fd"), lines("maps"), live.count());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Another thread frees the memory of arenas that are garbage: waits until it has freed one that is dropped here, and that makes
     * no other difference any more.
     */
    private static String collected() throws JMException {
        long before;
        long after = number(OTHER, trackedByJvm());
        String jvm;
        do {
            before = after;
            drop(DROPPED);
            do {
                System.gc();
                jvm = trackedByJvm();
                after = number(OTHER, jvm);
            } while (after >= before + DROPPED / 2);
        } while (after < before);
        return jvm;
    }

    private static void drop(int bytes) {
        Arena.ofAuto().allocate(bytes);
    }

    private static String trackedByJvm() throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmNativeMemory",
                new Object[] {new String[] {"summary", "scale=B"}}, new String[] {String[].class.getName()});
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            // What the JVM has none of it does not name.
            return 0;
        }
        return Long.parseLong(matcher.group(1));
    }

    private static long entries(String folder) throws IOException {
        try (Stream<Path> all = Files.list(SELF.resolve(folder))) {
            return all.count();
        }
    }

    private static long lines(String file) throws IOException {
        try (Stream<String> all = Files.lines(SELF.resolve(file))) {
            return all.count();
        }
    }

    String toLine() {
        return LongStream.of(rounds, resident, allocated, arenas, jvm, heap, threads, files, mappings, blocks)
                .mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    static Reading parse(String line) {
        long[] values = Stream.of(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Reading(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8],
                values[9]);
    }
}
