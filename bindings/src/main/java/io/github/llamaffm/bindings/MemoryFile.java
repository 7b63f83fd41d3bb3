package io.github.llamaffm.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of this process's memory, which lies in no file system ({@code memfd_create} of Linux). The system opens it by the path
 * of its descriptor, as long as that is open.
 *
 * @param descriptor open for reading and writing
 */
record MemoryFile(int descriptor) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    /** It can never be made a program. The only flag that every setting of {@code vm.memfd_noexec} allows; implies sealing. */
    private static final int MFD_NOEXEC_SEAL = 8;

    private static final int EINVAL = 22;
    private static final int F_ADD_SEALS = 1033;
    /** Nobody may shrink, grow or write it, or take a seal off. */
    private static final int ALL_SEALS = 1 | 2 | 4 | 8;

    /** @param name shows in the list of what this process has mapped */
    static MemoryFile create(String name) throws Unusable {
        Linker linker = Linker.nativeLinker();
        SymbolLookup system = linker.defaultLookup();
        MemorySegment function = system.find("memfd_create")
                .orElseThrow(() -> new Unusable("this C library has no memfd_create"));
        MethodHandle create = linker.downcallHandle(
                function, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment text = arena.allocateFrom(name);
            int descriptor = (int) create.invokeExact(state, text, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
            if (descriptor < 0 && errno(state) == EINVAL) {
                // A kernel before 6.3 knows no such flag.
                descriptor = (int) create.invokeExact(state, text, MFD_CLOEXEC | MFD_ALLOW_SEALING);
            }
            if (descriptor < 0) {
                throw new Unusable("memfd_create: " + text(errno(state)));
            }
            return new MemoryFile(descriptor);
        } catch (Unusable e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("memfd_create does not throw", e);
        }
    }

    /** The one of that name, of those that this process has open: there is one of each core library ({@link InMemory#path}). */
    static Optional<Path> find(String name) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).toString().equals(ProcessMaps.inMemory(name))) {
                        return Optional.of(descriptor);
                    }
                } catch (IOException _) {
                    // Closed in between, such as that of this very list.
                }
            }
        } catch (IOException _) {
            // Then none can be opened either.
        }
        return Optional.empty();
    }

    static boolean isPath(Path path) {
        return path.startsWith(DESCRIPTORS);
    }

    Path path() {
        return DESCRIPTORS.resolve(Integer.toString(descriptor));
    }

    OutputStream write() throws IOException {
        return new FileOutputStream(path().toFile());
    }

    /** Makes its content final, where the system can. */
    void seal() {
        Linker linker = Linker.nativeLinker();
        MethodHandle fcntl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("fcntl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        try {
            int _ = (int) fcntl.invokeExact(descriptor, F_ADD_SEALS, ALL_SEALS);
        } catch (Throwable e) {
            throw new AssertionError("fcntl does not throw", e);
        }
    }

    void close() {
        Linker linker = Linker.nativeLinker();
        MethodHandle close = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try {
            int _ = (int) close.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("close does not throw", e);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) Linker.Option.captureStateLayout()
                .varHandle(PathElement.groupElement("errno"))
                .get(state, 0L);
    }

    private static String text(int errno) {
        Linker linker = Linker.nativeLinker();
        MethodHandle strerror = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            return NativeStrings.read((MemorySegment) strerror.invokeExact(errno));
        } catch (Throwable e) {
            throw new AssertionError("strerror does not throw", e);
        }
    }
}
