package io.github.llamaffm.support;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;

/** How many blocks of memory our native libraries have allocated and not freed, where {@code libfaults.so} is preloaded. */
public final class LiveBlocks {

    private static final String PRELOAD = "LD_PRELOAD";

    private final MethodHandle blocks;

    private LiveBlocks(MethodHandle blocks) {
        this.blocks = blocks;
    }

    public static Path library() {
        return TestFiles.tools().resolve("libfaults.so");
    }

    /** Counts from now on; nothing where the library is not preloaded. */
    public static LiveBlocks start() {
        if (System.getenv(PRELOAD) == null) {
            return new LiveBlocks(MethodHandles.constant(long.class, 0L));
        }
        Linker linker = Linker.nativeLinker();
        SymbolLookup lookup = SymbolLookup.libraryLookup(library(), Arena.global());
        try {
            linker.downcallHandle(lookup.findOrThrow("faults_count_blocks"), FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        return new LiveBlocks(linker.downcallHandle(
                lookup.findOrThrow("faults_blocks"), FunctionDescriptor.of(ValueLayout.JAVA_LONG)));
    }

    public long count() {
        try {
            return (long) blocks.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
