package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.List;

/**
 * Modules from elsewhere than the core's own source: the native jars of other backends, and the further folders of {@code
 * llamaffm.library.path}. One that cannot be used is a line in the report, never an error: the CPU goes on.
 */
final class ModuleSources {

    private final NativeIndex core;
    private final String abiId;
    private final Platform platform;
    private final LoadLog log;
    private final List<NativeSource> sources = new ArrayList<>();

    private ModuleSources(NativeIndex core, String abiId, Platform platform, LoadLog log) {
        this.core = core;
        this.abiId = abiId;
        this.platform = platform;
        this.log = log;
    }

    /**
     * Nothing is extracted yet.
     *
     * @param core where the core library comes from
     * @param abiId that of the core, not of the bindings: a module is linked to a core of this very name
     */
    static List<NativeSource> find(
            LoaderSettings settings,
            List<NativeBundle> bundles,
            NativeIndex core,
            String abiId,
            Platform platform,
            NativeCache cache,
            LoadLog log) {
        ModuleSources found = new ModuleSources(core, abiId, platform, log);
        for (LoaderSettings.Named named : settings.moduleFolders()) {
            String name = named.value() + " (" + named.origin() + ")";
            found.add(name, () -> NativeSource.InPlace.of(name, named.path()));
        }
        for (NativeBundle bundle : bundles) {
            if (hasModules(bundle, platform.name())) {
                found.add(bundle.getClass().getName(), () -> NativeSource.of(bundle, cache));
            }
        }
        return found.sources;
    }

    /** A named folder wins over every jar. That a jar for the GPU is left out must not pass unnoticed. */
    static void leaveOut(List<NativeBundle> bundles, LoaderSettings settings, Platform platform, LoadLog log) {
        String origin = settings.libraryPath().orElseThrow().origin();
        for (NativeBundle bundle : bundles) {
            String name = bundle.getClass().getName();
            if (hasModules(bundle, platform.name()) && settings.moduleFolders().isEmpty()) {
                log.failed(
                        name,
                        origin + " names the core's folder only, so no jar is read. Add the folder that "
                                + Natives.class.getName() + " unpacks this jar to.");
            } else if (hasModules(bundle, platform.name())) {
                log.rejected(name, origin + " names folders with modules");
            }
        }
    }

    /** Whether it has modules for a core library of another bundle. */
    static boolean hasModules(NativeBundle bundle, String platform) {
        return bundle.platform().equals(platform)
                && !bundle.backend().equals(NativeSource.CORE_BACKEND)
                && !bundle.backend().endsWith(CudaLibraries.RUNTIME);
    }

    @FunctionalInterface
    private interface Opening {
        NativeSource open() throws Unusable;
    }

    private void add(String name, Opening opening) {
        try {
            NativeSource source = opening.open();
            require(source.index());
            sources.add(source);
        } catch (Unusable e) {
            log.failed(name, e.text());
        }
    }

    private void require(NativeIndex index) throws Unusable {
        if (!index.platform().equals(platform.name())) {
            throw new Unusable("built for " + index.platform() + ", this Java runs on " + platform);
        }
        if (!index.abiId().equals(abiId)) {
            throw new Unusable(
                    "its modules have ABI id " + index.abiId() + ", the core library has " + abiId,
                    "Use native libraries of one release.");
        }
        if (!index.sharesRuntimeWith(core)) {
            throw new Unusable(
                    "its modules were compiled by " + index.toolchain() + ", the core library by " + core.toolchain()
                            + ": an error that passes from one to the other would end the process",
                    "Use native libraries that one compiler made.");
        }
    }
}
