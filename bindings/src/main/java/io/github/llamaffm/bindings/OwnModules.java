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
    Path loadForCpu(Path folder) throws Unusable {
        List<Scored> usable = new ArrayList<>();
        for (String name : source.index().modules()) {
            if (NativeIndex.isCpuModule(name)) {
                Path path = folder.resolve(name);
                try {
                    int score = probe.score(path);
                    if (score > 0) {
                        usable.add(new Scored(name, score));
                    } else {
                        log.rejected(path.toString(), "this processor lacks instructions that it uses");
                    }
                } catch (Unusable e) {
                    log.failed(path.toString(), e.text());
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
                log.rejected(folder.resolve(candidate.name()).toString(), what + ": another fits this processor better");
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
        if (new LoadedModules(core.path()).named(name).isEmpty() && load(name, "loaded").isEmpty()) {
            throw new Unusable("the RPC module does not load");
        }
    }

    private Optional<Path> loadForCpu(String name, String what) {
        String label = name;
        try {
            Path path = source.folder(name).resolve(name);
            label = path.toString();
            return load(name, what + probe.requireCpu(path));
        } catch (Unusable e) {
            log.failed(label, e.text());
            return Optional.empty();
        }
    }

    private Optional<Path> load(String name, String why) {
        Path path;
        try {
            path = source.folder(name).resolve(name);
        } catch (Unusable e) {
            log.failed(name, e.getMessage());
            return Optional.empty();
        }
        if (!core.load(path)) {
            log.failed(path.toString(), core.lastError());
            return Optional.empty();
        }
        new LoadedModules(core.path()).add(path);
        log.used(path, why);
        return Optional.of(path);
    }
}
