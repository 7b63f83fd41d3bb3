package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The modules for the CPU and for RPC, which come with the core library.
 *
 * @param source that of the core library
 */
record OwnModules(Core core, NativeSource source, Probe probe, LoadLog log) {

    private record Scored(String name, int score) {}

    /** Loads the one that fits this processor best. */
    Path loadForCpu(LibraryFiles files) throws Unusable {
        List<Scored> usable = new ArrayList<>();
        for (String name : source.index().modules()) {
            if (NativeIndex.isCpuModule(name)) {
                try {
                    int score = probe.score(files.path(name));
                    if (score > 0) {
                        usable.add(new Scored(name, score));
                        continue;
                    }
                    files.release(name);
                    log.rejected(files.label(name), "this processor lacks instructions that it uses");
                } catch (Unusable e) {
                    files.release(name);
                    log.failed(files.label(name), e.text());
                }
            }
        }
        usable.sort(Comparator.comparingInt(Scored::score).reversed());
        Optional<Path> loaded = Optional.empty();
        for (Scored candidate : usable) {
            String what = "CPU module, score " + candidate.score();
            if (loaded.isEmpty()) {
                loaded = loadForCpu(candidate.name(), what);
            } else {
                files.release(candidate.name());
                log.rejected(files.label(candidate.name()), what + ": another fits this processor better");
            }
        }
        return loaded.orElseThrow(() -> new Unusable("no CPU module can be used"));
    }

    /** Loads the one that connects to RPC servers, unless this process has it. */
    void loadForRpc() throws Unusable {
        String name = source.index().modules().stream()
                .filter(NativeIndex::isRpcModule)
                .findFirst()
                .orElseThrow(() -> new Unusable("there is no RPC module in " + source.name()));
        if (new LoadedModules(core.path()).named(name).isEmpty() && load(name, _ -> "loaded").isEmpty()) {
            throw new Unusable("the RPC module does not load");
        }
    }

    private Optional<Path> loadForCpu(String name, String what) {
        return load(name, path -> what + probe.requireCpu(path));
    }

    @FunctionalInterface
    private interface Why {

        /** @throws Unusable if it must not be loaded */
        String of(Path module) throws Unusable;
    }

    private Optional<Path> load(String name, Why why) {
        LibraryFiles files;
        try {
            files = source.files(name);
        } catch (Unusable e) {
            log.failed(name, e.getMessage());
            return Optional.empty();
        }
        try {
            Path path = files.path(name);
            String what = why.of(path);
            if (!core.load(path)) {
                throw new Unusable(core.lastError());
            }
            new LoadedModules(core.path()).add(name, path);
            log.used(files.label(name), what);
            return Optional.of(path);
        } catch (Unusable e) {
            String label = files.label(name);
            files.release(name);
            log.failed(label, e.text());
            return Optional.empty();
        }
    }
}
