package io.github.llamaffm.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens libraries, and says why one does not open.
 *
 * <p>{@link SymbolLookup#libraryLookup(Path, Arena)} keeps no reason, and for a damaged file the JVM prints a warning. So
 * a library is opened with the system's own function first, and handed to the JDK once that has worked.
 */
final class SystemLoader {

    private static final long RTLD_LAZY = 1;

    private SystemLoader() {}

    /**
     * Opens a library for as long as the process lives. The same path opened twice is the same library, also from another
     * class loader.
     */
    static SymbolLookup open(Path library, Platform platform, Mounts mounts) throws Unusable {
        if (platform.isWindows()) {
            WindowsLoader.Opened opened = WindowsLoader.open(library.toString());
            return opened.symbols().orElseThrow(() -> Diagnosis.notOpened(library, opened.reason(), platform, mounts));
        }
        Optional<String> refusal = dlopen(library.toString());
        if (refusal.isPresent()) {
            throw Diagnosis.notOpened(library, refusal.get(), platform, mounts);
        }
        // By a path the JDK resolves links, and those of files in memory lead nowhere.
        return MemoryFile.isPath(library)
                ? SymbolLookup.libraryLookup(library.toString(), Arena.global())
                : SymbolLookup.libraryLookup(library, Arena.global());
    }

    /**
     * Opens a library for as long as the process lives.
     *
     * @param library a path, or a name that the system searches for
     * @return the system's reason; empty if the library is open
     */
    static Optional<String> refusal(String library, Platform platform) {
        return platform.isWindows()
                ? Optional.of(WindowsLoader.open(library).reason()).filter(reason -> !reason.isEmpty())
                : dlopen(library);
    }

    /** What {@code dlerror} says; empty if the library is open. */
    private static Optional<String> dlopen(String library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup system = linker.defaultLookup();
        // Both are linked before the first is called: what happens between them could change the reason. The handle and
        // the flags, an int, are passed as long, which is the same register: so dlopen shares the call shape of
        // lf_devices, and one shape less is made at start-up.
        MethodHandle dlopen = linker.downcallHandle(
                system.findOrThrow("dlopen"), FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
        MethodHandle dlerror =
                linker.downcallHandle(system.findOrThrow("dlerror"), FunctionDescriptor.of(ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(library);
            if ((long) dlopen.invokeExact(path, RTLD_LAZY) != 0) {
                return Optional.empty();
            }
            return Optional.of(NativeStrings.read((MemorySegment) dlerror.invokeExact()));
        } catch (Throwable e) {
            throw new AssertionError("dlopen does not throw", e);
        }
    }
}
