package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets a process of its own do first what this one is about to do, where {@code llamaffm.probe} asks for it: a processor or a
 * driver that lies then ends that process, and something else is loaded here. Where the probe cannot be run, the report says so, and
 * everything is loaded as without it.
 */
final class Probe {

    static final String CORE = "core=";

    /** A module computes for some hundredths of a second. */
    private static final Duration CPU_LIMIT = Duration.ofSeconds(10);

    /** The driver of a machine with many GPUs takes several seconds to start. */
    private static final Duration GPU_LIMIT = Duration.ofSeconds(30);

    private final Core core;
    private final NativeSource source;
    private final Platform platform;
    private final LoadLog log;
    private boolean wanted;
    private Optional<Path> program = Optional.empty();
    private List<String> cpu = List.of();

    /**
     * Runs nothing yet.
     *
     * @param wanted whether anything is to be tried
     * @param source that of the core library
     */
    Probe(boolean wanted, Core core, NativeSource source, Platform platform, LoadLog log) {
        this.wanted = wanted;
        this.core = core;
        this.source = source;
        this.platform = platform;
        this.log = log;
    }

    /** Whether a file beside the libraries is the program, which has to be executable. */
    static boolean isProgram(String fileName) {
        return fileName.equals("probe") || fileName.equals("probe.exe");
    }

    /**
     * How well a CPU module fits this machine: 0 not at all.
     *
     * @throws Unusable if it does not open
     */
    int score(Path module) throws Unusable {
        if (isReady()) {
            Optional<Tried> tried = attempt(List.of("score=" + module), key("score", source, module), CPU_LIMIT);
            if (tried.isPresent() && tried.get().verdict() instanceof ProbeVerdict.Done(int score)) {
                return score;
            }
            if (tried.isPresent()) {
                tried.get().require();
            }
        }
        int score = core.score(module);
        if (score < 0) {
            throw new Unusable(core.lastError());
        }
        return score;
    }

    /**
     * Loads a CPU module and computes with it.
     *
     * @return what to add to a report; empty where it was not tried
     * @throws Unusable if it must not be loaded here
     */
    String requireCpu(Path module) throws Unusable {
        if (!isReady()) {
            return "";
        }
        try {
            return require(List.of("module=" + module), key("module", source, module), CPU_LIMIT, "the probe computed with it");
        } catch (Unusable e) {
            log.warn("this processor says that it runs " + module.getFileName() + ", which is not used, because " + e.text());
            throw e;
        }
    }

    /**
     * Loads a GPU module and starts its devices.
     *
     * @param from      source of the module
     * @param libraries that are opened before it
     */
    String requireGpu(NativeSource from, Path module, List<String> libraries) throws Unusable {
        if (!isReady()) {
            return "";
        }
        List<String> steps = new ArrayList<>();
        List<String> key = new ArrayList<>(key("module", from, module));
        for (String library : libraries) {
            steps.add("library=" + library);
            key.add("library " + ProbeMachine.file(Path.of(library)));
        }
        steps.add("module=" + module);
        key.addAll(ProbeMachine.current().gpu());
        return require(steps, key, GPU_LIMIT, "the probe started its devices");
    }

    /** Opens NVIDIA's driver and starts it. */
    void requireDriver(String library) throws Unusable {
        if (!isReady()) {
            return;
        }
        List<String> key = new ArrayList<>(cpu);
        key.add("driver " + library);
        key.addAll(ProbeMachine.current().gpu());
        require(List.of("driver=" + library), key, GPU_LIMIT, "");
    }

    private String require(List<String> steps, List<String> key, Duration limit, String done) throws Unusable {
        Optional<Tried> tried = attempt(steps, key, limit);
        if (tried.isPresent()) {
            tried.get().require();
        }
        return tried.filter(it -> it.verdict() instanceof ProbeVerdict.Done)
                .map(it -> "; " + done + (it.kept() ? " at an earlier start" : " first"))
                .orElse("");
    }

    /** @param file where the verdict is kept; empty where it is not */
    private record Tried(ProbeVerdict verdict, boolean kept, Optional<Path> file) {

        void require() throws Unusable {
            if (verdict instanceof ProbeVerdict.Bad(String reason)) {
                throw new Unusable(
                        reason + (kept ? ", at an earlier start" : ""),
                        file.map(path -> "The next starts take that from " + path + ": delete it to try again.").orElse(""));
            }
        }
    }

    private Optional<Tried> attempt(List<String> steps, List<String> key, Duration limit) {
        Optional<ProbeCache> cache = cache();
        Optional<ProbeVerdict> kept = cache.flatMap(it -> it.find(key));
        if (kept.isPresent()) {
            return kept.map(verdict -> new Tried(verdict, true, cache.map(it -> it.file(key))));
        }
        List<String> all = new ArrayList<>(List.of(CORE + core.path()));
        all.addAll(steps);
        try {
            ProbeProcess process = new ProbeProcess(program.get(), limit);
            ProbeVerdict verdict = ProbeVerdict.of(all, process.run(all), limit, platform);
            // What is refused may be installed the next time.
            boolean keeps = cache.isPresent() && !(verdict instanceof ProbeVerdict.Refused) && keep(cache.get(), key, verdict);
            return Optional.of(new Tried(verdict, false, cache.filter(_ -> keeps).map(it -> it.file(key))));
        } catch (Unusable e) {
            giveUp(e);
            return Optional.empty();
        }
    }

    private Optional<ProbeCache> cache() {
        try {
            return Optional.of(ProbeCache.ofThisUser());
        } catch (IOException e) {
            log.warn("what the probe finds is not kept, and it runs at every start: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean keep(ProbeCache cache, List<String> key, ProbeVerdict verdict) {
        try {
            cache.keep(key, verdict);
            return true;
        } catch (IOException e) {
            log.warn("what the probe finds is not kept, and it runs at every start: " + e.getMessage());
            return false;
        }
    }

    private boolean isReady() {
        if (wanted && program.isEmpty()) {
            find();
        }
        return program.isPresent();
    }

    private void find() {
        try {
            if (MemoryFile.isPath(core.path())) {
                throw new Unusable("the libraries are in the memory of this process");
            }
            String name = source.index().files().keySet().stream()
                    .filter(Probe::isProgram)
                    .findFirst()
                    .orElseThrow(() -> new Unusable("there is none beside " + core.path()));
            Path path = source.files(name).path(name);
            if (!Files.isExecutable(path)) {
                throw new Unusable(path + " is not executable", "Run: chmod +x '" + path + "'");
            }
            program = Optional.of(path);
            cpu = ProbeMachine.current().cpu();
        } catch (Unusable e) {
            giveUp(e);
        }
    }

    private void giveUp(Unusable e) {
        wanted = false;
        program = Optional.empty();
        log.warn("llamaffm.probe: the probe cannot be used, and libraries are loaded without it: " + e.text());
    }

    private List<String> key(String step, NativeSource from, Path module) {
        List<String> key = new ArrayList<>();
        program.ifPresent(path -> key.add("probe " + hash(source, path)));
        key.add("core " + hash(source, core.path()));
        key.add(step + ' ' + module.getFileName() + ' ' + hash(from, module));
        key.addAll(cpu);
        return key;
    }

    private static String hash(NativeSource source, Path file) {
        NativeIndex.Entry entry = source.index().files().get(file.getFileName().toString());
        return entry == null ? "?" : entry.sha256();
    }
}
