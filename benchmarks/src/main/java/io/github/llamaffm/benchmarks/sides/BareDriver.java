package io.github.llamaffm.benchmarks.sides;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** A JVM that makes one native call, and what of it is resident. */
public final class BareDriver {

    private BareDriver() {}

    /** The arguments do not matter. */
    public static void main(String[] args) throws Throwable {
        Linker linker = Linker.nativeLinker();
        int id = (int) linker.downcallHandle(linker.defaultLookup().findOrThrow("getpid"), FunctionDescriptor.of(ValueLayout.JAVA_INT))
                .invokeExact();
        if (id != ProcessHandle.current().pid()) {
            throw new IllegalStateException("getpid gave " + id);
        }
        Result.print("peak", Result.peak());
    }
}
