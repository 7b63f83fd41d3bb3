package io.github.llamaffm.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
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
        Optional<String> refusal = refusal(library.toString(), platform);
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
        return platform.isWindows() ? loadLibrary(library) : dlopen(library);
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

    /** What {@code GetLastError} says; empty if the library is open. Not tried on Windows. */
    private static Optional<String> loadLibrary(String library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup kernel = SymbolLookup.libraryLookup("kernel32", Arena.global());
        MethodHandle load = linker.downcallHandle(
                kernel.findOrThrow("LoadLibraryExW"),
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
                Linker.Option.captureCallState("GetLastError"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment path = arena.allocateFrom(library, StandardCharsets.UTF_16LE);
            MemorySegment handle = (MemorySegment) load.invokeExact(state, path, MemorySegment.NULL, 0);
            if (handle.address() != 0) {
                return Optional.empty();
            }
            int error = (int) Linker.Option.captureStateLayout()
                    .varHandle(PathElement.groupElement("GetLastError"))
                    .get(state, 0L);
            return Optional.of(switch (error) {
                case 126 -> "error 126: it or a library that it needs was not found";
                case 127 -> "error 127: a library that it needs is of another version";
                case 193 -> "error 193: it is damaged or built for another processor";
                default -> "error " + error;
            });
        } catch (Throwable e) {
            throw new AssertionError("LoadLibraryExW does not throw", e);
        }
    }
}
