package io.github.llamaffm.bindings;

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

    static final String SCORE = "score=";

    private static final String MODULE = "module=";

    /** A module computes for some hundredths of a second. */
    private static final Duration CPU_LIMIT = Duration.ofSeconds(10);

    /** The driver of a machine with many GPUs takes several seconds to start. */
    private static final Duration GPU_LIMIT = Duration.ofSeconds(30);

    private final Core core;
    private final NativeSource source;
    private final Platform platform;
    private final LoadLog log;
    private boolean wanted;
    private boolean scored;
    private Optional<ProbeRunner> runner = Optional.empty();
    /** What every key begins with. */
    private List<String> machine = List.of();

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
            scoreTogether(module.getParent());
            Optional<ProbeRunner.Tried> tried = attempt(List.of(SCORE + module), key(SCORE, source, module), CPU_LIMIT);
            if (tried.isPresent() && tried.get().verdict() instanceof ProbeVerdict.Done(int score)) {
                return score;
            }
        }
        int score = core.score(module);
        if (score < 0) {
            throw new Unusable(core.lastError());
        }
        return score;
    }

    private void scoreTogether(Path folder) {
        if (scored) {
            return;
        }
        scored = true;
        List<Path> modules = source.index().modules().stream().filter(NativeIndex::isCpuModule).map(folder::resolve).toList();
        try {
            runner.orElseThrow().scoreTogether(modules, module -> key(SCORE, source, module), CPU_LIMIT);
        } catch (Unusable e) {
            giveUp(e);
        }
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
            return require(List.of(MODULE + module), key(MODULE, source, module), CPU_LIMIT, "the probe computed with it");
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
        List<String> key = new ArrayList<>(key(MODULE, from, module));
        for (String library : libraries) {
            steps.add("library=" + library);
            key.add("library " + ProbeMachine.file(Path.of(library)));
        }
        steps.add(MODULE + module);
        key.addAll(ProbeMachine.current().gpu());
        return require(steps, key, GPU_LIMIT, "the probe started its devices");
    }

    /** Opens NVIDIA's driver and starts it. */
    void requireDriver(String library) throws Unusable {
        if (!isReady()) {
            return;
        }
        List<String> key = new ArrayList<>(machine);
        key.add("driver " + library);
        key.addAll(ProbeMachine.current().gpu());
        require(List.of("driver=" + library), key, GPU_LIMIT, "");
    }

    private String require(List<String> steps, List<String> key, Duration limit, String done) throws Unusable {
        return attempt(steps, key, limit)
                .filter(it -> it.verdict() instanceof ProbeVerdict.Done)
                .map(it -> "; " + done + (it.kept() ? " at an earlier start" : " first"))
                .orElse("");
    }

    /** Empty where the probe cannot be used. */
    private Optional<ProbeRunner.Tried> attempt(List<String> steps, List<String> key, Duration limit) throws Unusable {
        if (runner.isEmpty()) {
            return Optional.empty();
        }
        ProbeRunner.Tried tried;
        try {
            tried = runner.get().run(steps, key, limit);
        } catch (Unusable e) {
            giveUp(e);
            return Optional.empty();
        }
        tried.require();
        return Optional.of(tried);
    }

    private boolean isReady() {
        if (wanted && runner.isEmpty()) {
            try {
                find();
            } catch (Unusable e) {
                giveUp(e);
            }
        }
        return runner.isPresent();
    }

    private void find() throws Unusable {
        if (MemoryFile.isPath(core.path())) {
            throw new Unusable("the libraries are in the memory of this process");
        }
        String name = source.index().files().keySet().stream()
                .filter(Probe::isProgram)
                .findFirst()
                .orElseThrow(() -> new Unusable("there is none beside " + core.path()));
        Path program = source.files(name).path(name);
        if (!Files.isExecutable(program)) {
            throw new Unusable(program + " is not executable", "Run: chmod +x '" + program + "'");
        }
        runner = Optional.of(new ProbeRunner(program, core.path(), platform, log));
        List<String> lines = new ArrayList<>();
        lines.add("probe " + hash(source, program));
        lines.add("core " + hash(source, core.path()));
        lines.addAll(ProbeMachine.current().cpu());
        machine = List.copyOf(lines);
    }

    private void giveUp(Unusable e) {
        wanted = false;
        runner = Optional.empty();
        log.warn("llamaffm.probe: the probe cannot be used, and libraries are loaded without it: " + e.text());
    }

    private List<String> key(String step, NativeSource from, Path module) {
        List<String> key = new ArrayList<>(machine);
        key.add(step + module.getFileName() + ' ' + hash(from, module));
        return key;
    }

    private static String hash(NativeSource source, Path file) {
        NativeIndex.Entry entry = source.index().files().get(file.getFileName().toString());
        return entry == null ? "?" : entry.sha256();
    }
}
