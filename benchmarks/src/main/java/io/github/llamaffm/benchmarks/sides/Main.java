package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Runs ours and others alternately and writes the report; {@code ci/bench} starts it. */
public final class Main {

    /** Rounds of what is shown and not judged: enough for an interval. */
    private static final int SHOWN = 6;

    private Main() {}

    /** {@code smoke|short|full DOCS}; where everything is comes from system properties {@code bench.*}. */
    public static void main(String[] args) throws IOException {
        Path work = Files.createTempDirectory("bench");
        Settings settings = new Settings(Profile.of(args[0]),
                path("cli").map(cli -> List.of(cli.toString())).orElseGet(Settings::classPathCli), path("model").orElseThrow(), path("large"),
                path("peers").orElseThrow(), path("readme"), path("sources").orElseThrow(), path("python"), path("jlama"), Machine.cores(), work);
        run(settings).writeTo(Path.of(args[1]));
    }

    static Report run(Settings settings) {
        Map<String, String> facts = new LinkedHashMap<>(Machine.describe());
        facts.put("Load before", Machine.load());
        List<Case> cases = Cases.of(settings);
        List<Line> lines = new ArrayList<>();
        long end = System.nanoTime() + settings.profile().time().toNanos();
        for (Case one : cases) {
            long now = System.nanoTime();
            Rounds rounds = Rounds.run(one, settings.profile(), rounds(settings.profile(), one), now + 2 * (end - now) / (cases.size() - lines.size() + 1));
            lines.add(Line.of(one, rounds));
            System.err.printf("%s: %s, %s%n", one.name(), Report.show(Estimate.of(rounds.speeds())), lines.getLast().verdict().show());
        }
        Bindings bindings = Bindings.run(settings);
        TokenTime tokenTime = TokenTime.measure(settings);
        facts.put("Load after", Machine.load());
        facts.put("Threads", Integer.toString(settings.threads()));
        facts.put("Generated", Integer.toString(settings.profile().generated()));
        facts.put("Commit", System.getProperty("bench.commit", "unknown"));
        facts.put("Model", describe(settings.model()));
        settings.large().ifPresent(large -> facts.put("1B model", describe(large) + ", random weights in the shape of Llama 3.2 1B"));
        facts.put("llama.cpp", built(settings.peers()) + "; flags as ours: preset `peers` of `CMakePresets.json`");
        settings.readme().ifPresent(folder -> facts.put("llama.cpp as its README says",
                built(folder) + "; preset `peers-readme`: upstream's defaults, native and with OpenMP"));
        return new Report(settings.profile().name(), facts, lines, bindings, tokenTime);
    }

    private static int rounds(Profile profile, Case of) {
        return switch (of.goal()) {
            case Goal.Below _ -> profile.starts();
            case Goal.Shown _ -> Math.min(SHOWN, profile.rounds());
            default -> profile.rounds();
        };
    }

    private static Optional<Path> path(String name) {
        return Optional.ofNullable(System.getProperty("bench." + name)).filter(value -> !value.isEmpty()).map(Path::of);
    }

    private static String describe(Path model) {
        try {
            Path file = model.toRealPath();
            return file.getFileName() + ", " + Unit.MEBIBYTES.show(Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String built(Path folder) {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(folder.resolve("peers.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("toolchain") + ", for " + properties.getProperty("variant");
    }
}
