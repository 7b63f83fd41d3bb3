package io.github.llamaffm.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the process holds when nothing runs, in bytes.
 *
 * @param allocated by malloc and its kin, and not freed: glibc's count
 * @param resident anonymous memory of the process, the Java heap included
 */
record NativeMemory(long allocated, long resident) {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout MALLINFO2 = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG));

    /** Offsets of hblkhd and uordblks. */
    private static final long IN_MAPPINGS = 4 * Long.BYTES;
    private static final long IN_HEAPS = 7 * Long.BYTES;

    private static final MethodHandle MALLINFO = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("mallinfo2"), FunctionDescriptor.of(MALLINFO2));
    private static final MethodHandle TRIM = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("malloc_trim"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    static NativeMemory now() {
        try (Arena arena = Arena.ofConfined()) {
            int trimmed = (int) TRIM.invokeExact(0L);
            MemorySegment info = (MemorySegment) MALLINFO.invokeExact((SegmentAllocator) arena);
            return new NativeMemory(
                    info.get(ValueLayout.JAVA_LONG, IN_MAPPINGS) + info.get(ValueLayout.JAVA_LONG, IN_HEAPS), anonymous());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long anonymous() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
