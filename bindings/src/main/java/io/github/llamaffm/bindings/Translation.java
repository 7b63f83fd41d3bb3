package io.github.llamaffm.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether this process is translated for another processor, as Rosetta does it on macOS. */
public final class Translation {

    private Translation() {}

    /**
     * Whether Rosetta translates this JVM, which is built for x86-64 then: it is slow, and Metal is not there for it. Asks the system
     * ({@code sysctl.proc_translated}); false where that does not exist.
     */
    public static boolean isTranslated() {
        boolean asked = System.getProperty("os.name", "").startsWith("Mac") && System.getProperty("os.arch", "").equals("x86_64");
        return asked && sysctl("sysctl.proc_translated").filter(value -> value == 1).isPresent();
    }

    /** An integer that macOS tells by its name. */
    private static Optional<Integer> sysctl(String name) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("sysctlbyname");
        if (function.isEmpty()) {
            return Optional.empty();
        }
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT.byteSize());
            int status = (int) linker.downcallHandle(function.get(), descriptor)
                    .invokeExact(arena.allocateFrom(name), value, size, MemorySegment.NULL, 0L);
            return status == 0 ? Optional.of(value.get(ValueLayout.JAVA_INT, 0)) : Optional.empty();
        } catch (Throwable e) {
            return Optional.empty();
        }
    }
}
