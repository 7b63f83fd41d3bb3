package io.github.llamaffm.faults;

import io.github.llamaffm.support.TestFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The library that this process was started with ({@code LD_PRELOAD}). */
final class Faults {

    /** Numbers are those of {@code faults.c}. */
    enum Kind {
        ALLOCATION(1), MAPPING(2), THREAD(4), JAVA_THREAD(8), FILE_ERROR(16), FILE_END(32), FILE_SIGNAL(64);

        private final int flag;

        Kind(int flag) {
            this.flag = flag;
        }
    }

    private final SymbolLookup lookup = SymbolLookup.libraryLookup(library(), Arena.global());
    private final MethodHandle arm = find("faults_arm", null, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private final MethodHandle disarm = find("faults_disarm", ValueLayout.JAVA_LONG);
    private final MethodHandle failed = find("faults_failed", ValueLayout.JAVA_LONG);
    private final MethodHandle blocks = find("faults_blocks", ValueLayout.JAVA_LONG);
    private final MethodHandle bytes = find("faults_bytes", ValueLayout.JAVA_LONG);

    Faults() {
        // So that what these handles need is loaded and compiled before anything fails.
        arm(Kind.ALLOCATION, Long.MAX_VALUE, Long.MAX_VALUE);
        disarm();
        failed();
        blocks();
        bytes();
    }

    static Path library() {
        return TestFiles.tools().resolve("libfaults.so");
    }

    /** From now on the calls of this kind with the numbers {@code first} to {@code last} fail, counted from 1. */
    void arm(Kind kind, long first, long last) {
        try {
            arm.invokeExact(kind.flag, first, last);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Nothing fails any more. How many calls of the kind there were. */
    long disarm() {
        return number(disarm);
    }

    /** Calls that failed since {@link #arm}. */
    long failed() {
        return number(failed);
    }

    /** From now on what our libraries allocate and do not free is counted. */
    void countBlocks() {
        run(find("faults_count_blocks", null));
    }

    /** Allocations of our libraries that are not freed. */
    long blocks() {
        return number(blocks);
    }

    long bytes() {
        return number(bytes);
    }

    /** The end of the path of the file for which the kinds FILE_… fail. */
    void file(String name) {
        runWith(find("faults_file", null, ValueLayout.ADDRESS), name);
    }

    /** Appends a line to this file for each failure: its number and where it happened. */
    void places(Path file) {
        runWith(find("faults_places", null, ValueLayout.ADDRESS), file.toString());
    }

    private MethodHandle find(String name, MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name),
                result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments));
    }

    private static void run(MethodHandle handle) {
        try {
            handle.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void runWith(MethodHandle handle, String text) {
        try (Arena arena = Arena.ofConfined()) {
            handle.invokeExact((MemorySegment) arena.allocateFrom(text));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long number(MethodHandle handle) {
        try {
            return (long) handle.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
