package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is measured of ours beside upstream's tools. */
final class Cases {

    private static final int REPETITIONS = 5;

    /** Until then the JVM compiles, at the cost of a loading that computes on one core only. */
    private static final int LOADS = 15;

    private static final double START = 300e6;
    private static final double MEMORY = 60 << 20;

    private static final Goal FAST = new Goal.AsFast();

    private final Settings settings;
    private final Resources resources;
    private final Path prompt;
    private final BenchTool ours;
    private final Driver driver;
    private final List<Peer> peers = new ArrayList<>();
    private final List<Case> cases = new ArrayList<>();

    /** Upstream's tools of one folder. */
    private record Peer(String name, BenchTool bench, CompletionTool completion, Driver timings) {}

    private Cases(Settings settings) {
        this.settings = settings;
        resources = new Resources(settings.work());
        prompt = resources.prompt();
        ours = BenchTool.ours(settings.cli());
        driver = new Driver(Settings.java(OurDriver.class));
        addPeer("llama.cpp", settings.peers());
        settings.readme().ifPresent(folder -> addPeer("llama.cpp as its README says", folder));
    }

    static List<Case> of(Settings settings) {
        Cases cases = new Cases(settings);
        cases.addDefault();
        settings.large().ifPresent(cases::addLarge);
        cases.addLong();
        return cases.cases;
    }

    private void addPeer(String name, Path folder) {
        peers.add(new Peer(name, BenchTool.peer(folder), new CompletionTool(folder.resolve("llama-completion")),
                resources.timings(peers.isEmpty() ? "peers" : "readme", folder, settings.sources())));
    }

    private void addDefault() {
        Profile profile = settings.profile();
        Path model = settings.model();
        int n = profile.generated();
        bench("prompt " + profile.shortPrompt(), model, profile.shortPrompt(), 0, false);
        bench("generation " + n, model, n, 0, true);
        generations("", model, n);
        timings("time to first token", "first", "first", Unit.MILLISECONDS, new Goal.AtMost(1.02), REPETITIONS, prompt);
        timings("model load", "load", "load", Unit.MILLISECONDS, new Goal.AtMost(1.05), LOADS, prompt);
        start();
        memory();
        add("greedy generation " + n + ", the first of its process", Unit.TOKENS_PER_SECOND, new Goal.Shown(),
                () -> driver.run("once", "once", model, settings.threads(), n, prompt),
                peer -> peer.completion.generation(model, settings.threads(), n, prompt, true));
        Path text = resources.words(profile.words());
        timings("embedding of " + profile.words() + " words", "embed", "embed", Unit.MILLISECONDS, new Goal.Shown(), 2, text);
        timings("state saved", "state", "save", Unit.MILLISECONDS, new Goal.Shown(), REPETITIONS, text);
        timings("state restored", "state", "restore", Unit.MILLISECONDS, new Goal.Shown(), REPETITIONS, text);
        timings("tokenising " + profile.textBytes() / 1e6 + " MB", "tokenize", "tokenize", Unit.MEGABYTES_PER_SECOND, new Goal.Shown(), 1,
                resources.bytes(profile.textBytes()));
    }

    private void addLarge(Path model) {
        Profile profile = settings.profile();
        int n = profile.largeGenerated();
        bench("1B: prompt " + profile.shortPrompt(), model, profile.shortPrompt(), 0, false);
        bench("1B: generation " + n, model, n, 0, true);
        if (profile == Profile.FULL) {
            generations("1B: ", model, n);
            parallel("1B: ", model, n);
        }
    }

    /** What takes long, last: it may have the time that the others have left. */
    private void addLong() {
        Profile profile = settings.profile();
        int n = profile.generated();
        parallel("", settings.model(), n);
        settings.large().ifPresent(model -> bench("1B: generation " + profile.largeGenerated() + " at depth " + profile.largeDepth(), model,
                profile.largeGenerated(), profile.largeDepth(), true));
        bench("prompt " + profile.prompt(), settings.model(), profile.prompt(), 0, false);
        bench("generation " + n + " at depth " + profile.prompt(), settings.model(), n, profile.prompt(), true);
    }

    private void generations(String of, Path model, int n) {
        for (String kind : List.of("greedy", "sampled")) {
            add(of + kind + " generation " + n, Unit.TOKENS_PER_SECOND, FAST,
                    () -> driver.run(kind, kind, model, settings.threads(), n, prompt),
                    peer -> peer.completion.generation(model, settings.threads(), n, prompt, kind.equals("greedy")));
        }
    }

    private void parallel(String of, Path model, int n) {
        List<Contender> contenders = peers.stream()
                .map(peer -> new Contender(peer.name, peer.bench.parallel(model, settings.threads(), n)))
                .toList();
        add(of + "8 sequences at once, " + n + " each", Unit.TOKENS_PER_SECOND, FAST, ours.parallel(model, settings.threads(), n), contenders);
    }

    private void bench(String name, Path model, int tokens, int depth, boolean generate) {
        add(name, Unit.TOKENS_PER_SECOND, FAST, () -> ours.tokens(model, settings.threads(), tokens, depth, generate),
                peer -> peer.bench.tokens(model, settings.threads(), tokens, depth, generate));
    }

    private void timings(String name, String command, String what, Unit unit, Goal goal, int n, Path text) {
        add(name, unit, goal, () -> driver.run(command, what, settings.model(), settings.threads(), n, text),
                peer -> peer.timings.run(command, what, settings.model(), settings.threads(), n, text));
    }

    private void start() {
        Path text = resources.words(5);
        List<String> line = new ArrayList<>(settings.cli());
        line.addAll(List.of("complete", "-m", settings.model().toString(), "--threads", Integer.toString(settings.threads()),
                "--max-tokens", "1", "--temperature", "0", "--", Resources.read(text)));
        add("process start to first token", Unit.MILLISECONDS, new Goal.Below(START, "at most 300 ms more"),
                () -> CompletionTool.start(line), peer -> peer.completion.start(settings.model(), settings.threads(), text));
    }

    /** Ours less a JVM that makes one native call, beside C. */
    private void memory() {
        Driver bare = new Driver(Settings.java(BareDriver.class));
        int n = 16;
        add("resident memory, less that of a bare JVM", Unit.MEBIBYTES, new Goal.Below(MEMORY, "at most 60 MiB more"), () -> {
            double all = driver.run("peak", "peak", settings.model(), settings.threads(), n, prompt).value();
            return Sample.of(all - bare.run("peak", "peak", settings.model(), settings.threads(), n, prompt).value());
        }, peer -> peer.timings.run("peak", "peak", settings.model(), settings.threads(), n, prompt));
    }

    private void add(String name, Unit unit, Goal goal, Contender.Run run, Function<Peer, Sample> peer) {
        add(name, unit, goal, run, peers.stream().map(one -> new Contender(one.name(), () -> peer.apply(one))).toList());
    }

    private void add(String name, Unit unit, Goal goal, Contender.Run run, List<Contender> contenders) {
        cases.add(new Case(name, unit, goal, new Contender("llama-ffm", run), contenders.getFirst(),
                contenders.subList(1, contenders.size())));
    }
}
