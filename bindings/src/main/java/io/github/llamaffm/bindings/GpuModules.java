package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads the modules that are not for the CPU, each after what it needs from the system. */
final class GpuModules {

    private final Loader.Loaded loaded;
    private final Core core;
    private final LoadedModules modules;
    private final CudaLibraries cuda;
    private final Platform platform;
    private final Mounts mounts;
    private final Probe probe;
    private final LoadLog log;

    GpuModules(Loader.Loaded loaded, NativeCache cache, Platform platform, Mounts mounts, Probe probe, LoadLog log) {
        this.loaded = loaded;
        this.core = loaded.core();
        this.modules = new LoadedModules(core.path());
        this.cuda = new CudaLibraries(
                CudaFolders.current(), loaded.settings().cudaFolders(), loaded.bundles(), cache, platform, log);
        this.platform = platform;
        this.mounts = mounts;
        this.probe = probe;
        this.log = log;
    }

    /** @param further sources beside that of the core */
    void load(List<NativeSource> further) {
        List<NativeSource> sources = new ArrayList<>();
        sources.add(loaded.source());
        sources.addAll(further);
        List<String> done = new ArrayList<>();
        for (GpuModule module : GpuModule.in(sources)) {
            Optional<Path> open = modules.named(module.name());
            if (!loaded.settings().wantsBackend(module.backend())) {
                log.rejected(module.name(), "llamaffm.backends does not name " + module.backend());
            } else if (done.contains(module.name())) {
                log.rejected(module.label(), open.orElseThrow() + " comes first");
            } else if (open.isPresent()) {
                loadedAlready(module, open.get());
                done.add(module.name());
            } else if (load(module)) {
                done.add(module.name());
            }
        }
    }

    private boolean load(GpuModule module) {
        String label = module.label();
        Optional<LibraryFiles> opened = Optional.empty();
        try {
            // In this order: the driver says no in a millisecond, the module's own bytes in some more, and what CUDA needs is
            // half a gigabyte to open.
            Optional<CudaDriver> driver = module.cuda().isPresent() ? Optional.of(startDriver(module.cuda().getAsInt())) : Optional.empty();
            module.requireLibrary(platform);
            List<String> libraries = driver.isPresent() ? openCuda(module.cuda().getAsInt()) : List.of();
            LibraryFiles files = module.source().files(module.name());
            opened = Optional.of(files);
            Path path = files.path(module.name());
            label = files.label(module.name());
            String tried = probe.requireGpu(module.source(), path, libraries);
            long before = core.deviceCount();
            if (!core.load(path)) {
                throw Diagnosis.notLoaded(path, core.lastError(), platform, mounts);
            }
            modules.add(module.name(), path);
            long devices = core.deviceCount() - before;
            if (devices == 0) {
                log.failed(label, "it is loaded and finds no device" + tried);
            } else {
                used(label, driver, "loaded" + tried);
            }
            return true;
        } catch (Unusable e) {
            opened.ifPresent(files -> files.release(module.name()));
            log.failed(label, e.text());
            return false;
        }
    }

    private void loadedAlready(GpuModule module, Path path) {
        try {
            Optional<CudaDriver> driver = module.cuda().isPresent()
                    ? Optional.of(CudaDriver.open(platform, CudaMachine.current()))
                    : Optional.empty();
            used(path.toString(), driver, "loaded in this process already");
        } catch (Unusable e) {
            log.failed(path.toString(), e.text());
        }
    }

    private void used(String label, Optional<CudaDriver> driver, String how) throws Unusable {
        Optional<Unusable> forNone = driver.isPresent() ? CudaCards.of(driver.get(), core).leaveOut(log) : Optional.empty();
        if (forNone.isPresent()) {
            log.failed(label, forNone.get().text());
        } else {
            log.used(label, how);
        }
    }

    // Before the module is extracted: where no GPU can be used, nothing of it is touched.
    private CudaDriver startDriver(int toolkit) throws Unusable {
        probe.requireDriver(CudaDriver.library(platform));
        CudaMachine machine = CudaMachine.current();
        CudaDriver driver = CudaDriver.open(platform, machine);
        log.version("CUDA of the driver", CudaDriver.text(driver.version()));
        driver.require(toolkit);
        driver.start(machine);
        driver.requireCard(toolkit);
        return driver;
    }

    private List<String> openCuda(int toolkit) throws Unusable {
        List<String> libraries = cuda.open(toolkit);
        cuda.version(toolkit).ifPresent(version -> log.version("CUDA run-time", CudaDriver.text(version)));
        return libraries;
    }
}
