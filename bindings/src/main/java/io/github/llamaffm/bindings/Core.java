package io.github.llamaffm.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
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
 * The open core library, and the few of its functions that the loader itself needs.
 *
 * <p>The generated classes are not used here: they ask {@link NativeLibrary} for the library that is only being loaded.
 * The call shapes are some of theirs, so they cost nothing twice.
 */
record Core(Path path, SymbolLookup symbols, Platform platform) {

    /** Two pointers to text. */
    private static final long FEATURE = 2 * ADDRESS.byteSize();
    /** More than a backend has. */
    private static final long MAX_FEATURES = 64;

    static Core open(Path path, Platform platform, Mounts mounts) throws Unusable {
        SymbolLookup symbols = SystemLoader.open(path, platform, mounts);
        if (symbols.find("lf_abi_id").isEmpty()) {
            throw new Unusable(path + " is not a core library of llama-ffm: it has no lf_abi_id");
        }
        return new Core(path, symbols, platform);
    }

    String abiId() {
        return text("lf_abi_id");
    }

    String abiTable() {
        return text("lf_abi_table");
    }

    String buildInfo() {
        return text("lf_build_info");
    }

    /** Of the last call that failed on this thread. */
    String lastError() {
        return text("lf_last_error");
    }

    void init(String crashDirectory, LogLevel level) throws Unusable {
        try (Arena arena = Arena.ofConfined()) {
            // struct lf_init_params
            MemorySegment params = arena.allocate(ADDRESS.byteSize() + JAVA_LONG.byteSize(), ADDRESS.byteAlignment());
            params.set(
                    ADDRESS, 0, crashDirectory.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(crashDirectory));
            params.set(JAVA_INT, ADDRESS.byteSize(), level.value());
            if (status("lf_init", params) != 0) {
                throw new Unusable(path + " cannot be initialised: " + lastError());
            }
        }
    }

    /** How well a CPU module fits this machine: 0 not at all, negative if it does not open. */
    int score(Path module) {
        try (Arena arena = Arena.ofConfined()) {
            return status("lf_backend_score", arena.allocateFrom(module.toString()));
        }
    }

    /** Loads and registers a module; false with {@link #lastError()} where that fails. */
    boolean load(Path module) {
        try (Arena arena = Arena.ofConfined()) {
            return status("lf_backend_load", arena.allocateFrom(nameFor(module))) == 0;
        }
    }

    // llama.cpp takes this one path for text in Windows' 8-bit character set. What is open already is found by its name.
    private String nameFor(Path module) {
        String name = module.toString();
        boolean opened = platform.isWindows() && name.chars().anyMatch(c -> c > 127)
                && WindowsLoader.open(name).reason().isEmpty();
        return opened ? module.getFileName().toString() : name;
    }

    /** How many devices the registered modules have. */
    long deviceCount() {
        MethodHandle handle = handle("lf_devices", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
        try {
            return (long) handle.invokeExact(MemorySegment.NULL, 0L);
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    /** How many devices one backend has, which is loaded. */
    long deviceCount(String backend) {
        return pointer("ggml_backend_reg_dev_count", registered(backend), 0).address();
    }

    private MemorySegment registered(String backend) {
        try (Arena arena = Arena.ofConfined()) {
            return pointer("ggml_backend_reg_by_name", arena.allocateFrom(backend), 0);
        }
    }

    /** What a backend, which is loaded, tells of how it was built. */
    Optional<String> feature(String backend, String name) {
        MemorySegment reg = registered(backend);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment features = pointer(
                    "ggml_backend_reg_get_proc_address", reg, arena.allocateFrom("ggml_backend_get_features").address());
            if (features.address() == 0) {
                return Optional.empty();
            }
            // struct ggml_backend_feature, until one without a name
            MemorySegment list = pointer(features, reg, 0).reinterpret(MAX_FEATURES * FEATURE);
            for (long feature = 0; feature < list.byteSize(); feature += FEATURE) {
                MemorySegment text = list.get(ADDRESS, feature);
                if (text.address() == 0) {
                    break;
                } else if (NativeStrings.read(text).equals(name)) {
                    return Optional.of(NativeStrings.read(list.get(ADDRESS, feature + ADDRESS.byteSize())));
                }
            }
            return Optional.empty();
        }
    }

    private MemorySegment pointer(String function, MemorySegment argument, long further) {
        return pointer(symbols.findOrThrow(function), argument, further);
    }

    // The call shape of lf_devices: a pointer is passed and returned as long, in the same registers, and one argument too many does no harm.
    private static MemorySegment pointer(MemorySegment function, MemorySegment argument, long further) {
        MethodHandle handle =
                Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
        try {
            return MemorySegment.ofAddress((long) handle.invokeExact(argument, further));
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    private String text(String function) {
        MethodHandle handle = handle(function, FunctionDescriptor.of(ADDRESS));
        try {
            return NativeStrings.read((MemorySegment) handle.invokeExact());
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    private int status(String function, MemorySegment argument) {
        MethodHandle handle = handle(function, FunctionDescriptor.of(JAVA_INT, ADDRESS));
        try {
            return (int) handle.invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    private MethodHandle handle(String function, FunctionDescriptor shape) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), shape);
    }
}
