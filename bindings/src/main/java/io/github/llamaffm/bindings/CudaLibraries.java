package io.github.llamaffm.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The CUDA run-time libraries, which a module for CUDA is linked to. They are opened before it: the system then finds
 * them by name, wherever they lie.
 *
 * @param named   folders that the user names
 * @param bundles one of the backend {@code cuda13-runtime} brings those of CUDA 13, which are the last to be taken
 */
record CudaLibraries(
        CudaFolders folders,
        List<LoaderSettings.Named> named,
        List<NativeBundle> bundles,
        NativeCache cache,
        Platform platform,
        LoadLog log) {

    /** The end of the backend of a bundle that has no modules but libraries that one needs. */
    static final String RUNTIME = "-runtime";

    /**
     * Opens them.
     *
     * @param toolkit major version of CUDA
     * @return a path of each in the order of opening, or its name where the system found it
     */
    List<String> open(int toolkit) throws Unusable {
        List<String> opened = new ArrayList<>();
        // Each needs the one before it, but for cudart and cublasLt.
        List<Path> first = folders.named(named);
        for (String library : List.of("cudart", "cublasLt", "cublas")) {
            String name = fileName(library, toolkit);
            Optional<String> found = openIn(first, name)
                    .or(() -> openBySystem(name))
                    .or(() -> openIn(folders.usual(), name));
            opened.add(found.isPresent() ? found.get() : openFromJar(toolkit, name)
                    .orElseThrow(() -> new Unusable(name + " was not found", install(toolkit))));
        }
        return opened;
    }

    /** What the run-time library that was opened says of itself, such as 13000 for 13.0. */
    OptionalInt version(int toolkit) throws Unusable {
        SymbolLookup cudart;
        try {
            cudart = SymbolLookup.libraryLookup(fileName("cudart", toolkit), Arena.global());
        } catch (IllegalArgumentException _) {
            // A file of that name that calls itself otherwise: the module will say that it does not find it.
            return OptionalInt.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
            boolean told = cudart.find("cudaRuntimeGetVersion").isPresent()
                    && CudaDriver.call(cudart, "cudaRuntimeGetVersion", version) == 0;
            return told ? OptionalInt.of(version.get(ValueLayout.JAVA_INT, 0)) : OptionalInt.empty();
        }
    }

    private String fileName(String library, int toolkit) {
        return platform.isWindows() ? library + "64_" + toolkit + ".dll" : "lib" + library + ".so." + toolkit;
    }

    private Optional<String> openIn(List<Path> places, String name) {
        for (Path folder : places) {
            Path file = folder.resolve(name);
            if (Files.exists(file) && open(file)) {
                return Optional.of(file.toString());
            }
        }
        return Optional.empty();
    }

    private boolean open(Path file) {
        Optional<String> refusal = SystemLoader.refusal(file.toString(), platform);
        if (refusal.isPresent()) {
            log.failed(file.toString(), refusal.get());
            return false;
        }
        log.used(file, "CUDA run-time library");
        return true;
    }

    private Optional<String> openBySystem(String name) {
        if (SystemLoader.refusal(name, platform).isPresent()) {
            return Optional.empty();
        }
        log.used(name, "CUDA run-time library, found by the system");
        return Optional.of(name);
    }

    private Optional<String> openFromJar(int toolkit, String name) throws Unusable {
        for (NativeBundle bundle : bundles) {
            if (bundle.platform().equals(platform.name()) && bundle.backend().equals("cuda" + toolkit + RUNTIME)) {
                Path file = NativeSource.of(bundle, cache).files(name).path(name);
                return Files.exists(file) && open(file) ? Optional.of(file.toString()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String install(int toolkit) {
        String lines = toolkit == 12
                ? "apt-get install cuda-cudart-12-9 libcublas-12-9; or: pip install nvidia-cuda-runtime-cu12 nvidia-cublas-cu12"
                : "apt-get install cuda-cudart-" + toolkit + "-0 libcublas-" + toolkit + "-0; or: pip install nvidia-cuda-runtime=="
                        + toolkit + ".0.* nvidia-cublas==" + toolkit + ".0.*";
        return "Install CUDA's run-time libraries, with NVIDIA's package source: " + lines
                + "; or name their folder with -Dllamaffm.cuda.path or LLAMAFFM_CUDA_PATH.";
    }
}
