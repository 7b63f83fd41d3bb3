package io.github.llamaffm.bindings;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * A module that is not for the CPU.
 *
 * @param source where it comes from
 * @param name   its file name
 */
record GpuModule(NativeSource source, String name) {

    private static final String CUDA = "cuda";

    /** All of them: CUDA's first, those of a newer toolkit before those of an older one. */
    static List<GpuModule> in(List<NativeSource> sources) {
        List<GpuModule> modules = new ArrayList<>();
        for (NativeSource source : sources) {
            for (String name : source.index().modules()) {
                if (!NativeIndex.isCpuModule(name) && !NativeIndex.isRpcModule(name)) {
                    modules.add(new GpuModule(source, name));
                }
            }
        }
        modules.sort(Comparator.comparingInt((GpuModule module) -> module.cuda().orElse(0)).reversed());
        return List.copyOf(modules);
    }

    /** Such as {@code cuda}. */
    String backend() {
        return NativeIndex.backendOf(name);
    }

    /** The major version of the CUDA toolkit that it was built with: 13 of the backend {@code cuda13}. */
    OptionalInt cuda() {
        String backend = source.index().backend();
        if (!backend().equals(CUDA) || !backend.matches(CUDA + "\\d{1,3}")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(backend, CUDA.length(), backend.length(), 10));
    }

    /** Says no to what is certainly no library that can be loaded here. Nothing is extracted or opened. */
    void requireLibrary(Platform platform) throws Unusable {
        try {
            LibraryHeader.require(
                    source.head(name, LibraryHeader.BYTES), source.index().files().get(name).size(), platform);
        } catch (IOException e) {
            throw Unusable.because("it cannot be read", e);
        }
    }

    /** For the report, as long as it is not known which file will be opened. */
    String label() {
        return source instanceof NativeSource.InPlace place
                ? place.folder().resolve(name).toString()
                : name + " of " + source.name();
    }
}
