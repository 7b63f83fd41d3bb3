package io.github.llamaffm.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** What {@code native/cuda/failing_runtime.cpp} can be told; its library is in the process already. */
final class FailingCuda {

    /** The modes there. */
    static final int WORKS = 0;
    static final int RETURNS_AN_ERROR = 1;
    static final int IS_LOST = 3;
    static final int FAILS_ONCE = 4;

    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libcudart.so.13", Arena.global());

    private FailingCuda() {}

    static void mode(int mode) {
        call("failing_runtime", mode);
    }

    /** Bytes that the device has, and tells of. */
    static void memory(long bytes) {
        call("failing_runtime_memory", bytes);
        give(bytes);
    }

    /** Bytes that it gives, whatever it tells. */
    static void give(long bytes) {
        call("failing_runtime_give", bytes);
    }

    /** Bytes that are in use there. */
    static long used() {
        return call("failing_runtime_used", 0);
    }

    private static long call(String function, long argument) {
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(LIBRARY.findOrThrow(function), FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
                    .invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
