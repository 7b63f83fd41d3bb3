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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's driver, asked before anything else of CUDA is opened: where it cannot run a module, the run-time libraries,
 * half a gigabyte, need not be searched for or mapped.
 *
 * <p>Where nothing can run, the call shapes are those of {@link SystemLoader} and {@link Core}, which cost nothing twice: an
 * int is passed as a pointer or as a long, which are the same registers.
 *
 * @param symbols its functions
 * @param version the newest CUDA that it can run, such as 13000 for 13.0
 */
record CudaDriver(SymbolLookup symbols, int version) {

    private static final String LINUX = "libcuda.so.1";
    private static final String WINDOWS = "nvcuda.dll";

    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;

    /** A driver does not finish code that a newer CUDA made for it to finish. */
    private static final int COMPILED_WITH_12 = 12040;

    /** Compute capability 7.5, Turing. */
    private static final int OLDEST_CARD_OF_13 = 75;

    /** The file name of the driver's library. */
    static String library(Platform platform) {
        return platform.isWindows() ? WINDOWS : LINUX;
    }

    static CudaDriver open(Platform platform, CudaMachine machine) throws Unusable {
        String name = library(platform);
        Optional<String> refusal = SystemLoader.refusal(name, platform);
        if (refusal.isPresent()) {
            throw machine.noDriver(name, refusal.get());
        }
        SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(JAVA_INT);
            int status = call(symbols, "cuDriverGetVersion", version);
            if (status != 0) {
                throw failure(symbols, "cuDriverGetVersion", status, machine);
            }
            return new CudaDriver(symbols, version.get(JAVA_INT, 0));
        }
    }

    /**
     * Says no to a module that this driver is too old for.
     *
     * @param toolkit major version of the CUDA that it was built with
     */
    void require(int toolkit) throws Unusable {
        int needed = toolkit == 12 ? COMPILED_WITH_12 : toolkit * 1000;
        if (version < needed) {
            throw new Unusable(
                    "the NVIDIA driver runs CUDA up to " + text(version) + ", this module needs " + text(needed),
                    "Update the driver" + (toolkit > 12 ? " or use llama-ffm-native-cuda12." : "."));
        }
    }

    /** A version of CUDA as people write it, such as 13.0 for 13000. */
    static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** Starts the driver, which finds the devices. It may be started many times. */
    void start(CudaMachine machine) throws Unusable {
        int status = call(symbols, "cuInit", MemorySegment.NULL);
        if (status != 0) {
            throw failure(symbols, "cuInit", status, machine);
        }
    }

    /** Says no where every GPU is older than what a toolkit compiles for. To be asked after the start. */
    void requireCard(int toolkit) throws Unusable {
        if (toolkit < 13) {
            return;
        }
        int newest = 0;
        for (int capability : capabilities()) {
            newest = Math.max(newest, capability);
        }
        if (newest > 0 && newest < OLDEST_CARD_OF_13) {
            throw new Unusable(
                    "the GPU has compute capability " + capability(newest) + ", CUDA 13 needs " + capability(OLDEST_CARD_OF_13),
                    "Use llama-ffm-native-cuda12.");
        }
    }

    /** Of each GPU, in CUDA's order: 75 for 7.5; 0 where the driver does not tell. To be asked after the start. */
    List<Integer> capabilities() throws Unusable {
        List<Integer> capabilities = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            int count = call(symbols, "cuDeviceGetCount", number) == 0 ? number.get(JAVA_INT, 0) : 0;
            for (int device = 0; device < count; device++) {
                capabilities.add(10 * attribute(CAPABILITY_MAJOR, device) + attribute(CAPABILITY_MINOR, device));
            }
        }
        return capabilities;
    }

    /** A compute capability as people write it, such as 7.5 for 75. */
    static String capability(int capability) {
        return capability / 10 + "." + capability % 10;
    }

    private int attribute(int attribute, int device) throws Unusable {
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(
                        find(symbols, "cuDeviceGetAttribute"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            return (int) handle.invokeExact(value, attribute, device) == 0 ? value.get(JAVA_INT, 0) : 0;
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    private static Unusable failure(SymbolLookup symbols, String function, int status, CudaMachine machine) {
        String text = text(symbols, "cuGetErrorName", status) + text(symbols, "cuGetErrorString", status);
        return new Unusable(
                "the NVIDIA driver does not start: " + function + " returned " + status + text, machine.remedy(status));
    }

    /** A function that takes a pointer and returns a status. */
    static int call(SymbolLookup symbols, String function, MemorySegment argument) throws Unusable {
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(find(symbols, function), FunctionDescriptor.of(JAVA_INT, ADDRESS));
        try {
            return (int) handle.invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }

    private static MemorySegment find(SymbolLookup symbols, String function) throws Unusable {
        return symbols.find(function)
                .orElseThrow(() -> new Unusable(
                        "what the system opens as NVIDIA's driver has no " + function, "Look into LD_LIBRARY_PATH."));
    }

    /** What the driver calls a status. */
    private static String text(SymbolLookup symbols, String function, int status) {
        Optional<MemorySegment> address = symbols.find(function);
        if (address.isEmpty()) {
            return "";
        }
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(address.get(), FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ADDRESS);
            long _ = (long) handle.invokeExact(MemorySegment.ofAddress(status), text.address());
            return ", " + NativeStrings.read(text.get(ADDRESS, 0));
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }
}
