package io.github.llamaffm.bindings;

import io.github.llamaffm.bindings.LoadReport.Candidate;
import io.github.llamaffm.bindings.LoadReport.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** From settings to an open library with its modules; what {@link NativeLibrary} keeps. */
final class Loader {

    /**
     * One lock for the whole process: a string constant is the same object in every class loader, and a second copy of
     * this class in another one loads into the same native library.
     */
    private static final Object PROCESS_LOCK = "io.github.llamaffm.bindings.Loader";

    private final Mounts mounts = Mounts.current();
    private final ProcessMaps maps = ProcessMaps.current();
    private final Platform platform = Platform.current(maps);
    private final LoadLog log = new LoadLog();

    private Loader() {}

    /** What is open. */
    record Loaded(
            Core core,
            NativeSource source,
            List<NativeBundle> bundles,
            LoaderSettings settings,
            LoadReport report,
            boolean gpuModulesLoaded) {

        Loaded with(LoadReport newer, boolean withGpuModules) {
            return new Loaded(core, source, bundles, settings, newer, withGpuModules);
        }
    }

    /** @throws NativeLoadException with everything that was tried, if the library cannot be used */
    static Loaded load() {
        synchronized (PROCESS_LOCK) {
            Loader loader = new Loader();
            try {
                return loader.run(LoaderSettings.current());
            } catch (Unusable e) {
                throw loader.failure(e);
            } catch (IllegalCallerException e) {
                throw loader.failure(Diagnosis.nativeAccessDenied(Loader.class.getModule(), e));
            }
        }
    }

    /** Loads every module that is not for the CPU and that the settings choose. */
    static Loaded loadGpuModules(Loaded loaded) {
        synchronized (PROCESS_LOCK) {
            return loaded.with(new Loader().runGpu(loaded), true);
        }
    }

    /**
     * Loads the module that connects to RPC servers.
     *
     * @throws NativeLoadException with the reason, if there is none or it does not load
     */
    static Loaded loadRpcModule(Loaded loaded) {
        synchronized (PROCESS_LOCK) {
            Loader loader = new Loader();
            try {
                return loaded.with(loader.runRpc(loaded), loaded.gpuModulesLoaded());
            } catch (Unusable e) {
                throw loader.failure(e);
            }
        }
    }

    static void setLogLevel(Core core, LogLevel level) {
        synchronized (PROCESS_LOCK) {
            try {
                // Only the first call of a process sets the crash folder, and that was the loader's.
                core.init("", level);
            } catch (Unusable e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
    }

    private Loaded run(LoaderSettings settings) throws Unusable {
        List<NativeBundle> bundles = settings.libraryPath().isPresent() ? List.of() : Bundles.find(log);
        NativeSource source = NativeSource.choose(settings, platform, bundles, cache(settings), log);
        AbiCheck abi = new AbiCheck(BoundAbi.id(), BoundAbi::table, settings.layoutIsEnough());
        abi.requireIndexed(source, log);

        LibraryFiles files = source.files(source.index().requireCore());
        Core core = openCore(source, files, abi);
        Optional<Path> cpuModule;
        if (core.deviceCount() == 0) {
            core.init(settings.crashDirectory().orElse(""), LogLevel.WARN);
            cpuModule = Optional.of(new OwnModules(core, source, probe(settings, core, source), log).loadForCpu(files));
        } else {
            // Another class loader did this. A second module would be a second CPU device.
            cpuModule = new LoadedModules(core.path()).cpu();
            cpuModule.ifPresent(path -> log.used(path, "CPU module, loaded in this process already"));
        }
        source.index().modules().stream()
                .filter(NativeIndex::isRpcModule)
                .forEach(name -> log.rejected(files.label(name), "loaded when an RPC server is added"));
        LoadReport report = new LoadReport(
                platform.name(), core.path(), core.abiId(), core.buildInfo(), cpuModule, log.candidates(), log.versions(),
                log.leftOut(), log.warnings());
        return new Loaded(core, source, bundles, settings, report, false);
    }

    private NativeCache cache(LoaderSettings settings) throws Unusable {
        List<CacheLocation> locations =
                CacheLocation.candidates(settings, platform, System::getProperty, System::getenv);
        return new NativeCache(locations, Ownership.ofThisProcess(), mounts, log);
    }

    private Probe probe(LoaderSettings settings, Core core, NativeSource source) {
        return new Probe(settings.probe(), core, source, platform, log);
    }

    private Core openCore(NativeSource source, LibraryFiles files, AbiCheck abi) throws Unusable {
        String name = source.index().requireCore();
        Path own = files.path(name);
        // The system binds by library name: modules beside a second copy would register themselves in the first.
        // Only Linux tells what is open.
        Path path = maps.find(name).or(() -> LoadedModules.core(name)).orElse(own);
        try {
            Core core = Core.open(path, platform, mounts);
            abi.require(core, log);
            LoadedModules.addCore(name, path);
            if (!path.equals(own)) {
                log.rejected(files.label(name), "this process has a core library of the same ABI id open already");
                log.used(path, "core library, found by " + source.name());
            } else {
                log.used(files.label(name), "core library, found by " + source.name());
            }
            return core;
        } catch (Unusable e) {
            log.failed(path.toString(), e.getMessage());
            throw e;
        }
    }

    private LoadReport runGpu(Loaded loaded) {
        try {
            LoaderSettings settings = loaded.settings();
            NativeCache cache = cache(settings);
            if (settings.libraryPath().isPresent()) {
                ModuleSources.leaveOut(Bundles.find(log), settings, platform, log);
            }
            List<NativeSource> further = ModuleSources.find(
                    settings, loaded.bundles(), loaded.source().index(), loaded.report().abiId(), platform, cache, log);
            new GpuModules(loaded, cache, platform, mounts, probe(settings, loaded.core(), loaded.source()), log).load(further);
        } catch (Unusable e) {
            log.failed("GPU modules", e.text());
        }
        return loaded.report().with(log);
    }

    private LoadReport runRpc(Loaded loaded) throws Unusable {
        new OwnModules(loaded.core(), loaded.source(), probe(loaded.settings(), loaded.core(), loaded.source()), log).loadForRpc();
        return loaded.report().with(log);
    }

    private NativeLoadException failure(Unusable e) {
        StringBuilder message =
                new StringBuilder("llama-ffm cannot use its native library: ").append(e.getMessage());
        for (Candidate candidate : log.candidates()) {
            if (candidate.status() != Status.USED && !candidate.reason().equals(e.getMessage())) {
                message.append("\n  tried ").append(candidate.name()).append(": ").append(candidate.reason());
            }
        }
        if (!e.remedy().isEmpty()) {
            message.append("\n  ").append(e.remedy());
        }
        return new NativeLoadException(message.toString(), log.candidates(), e);
    }
}
