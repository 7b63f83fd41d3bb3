package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Other ways to the same model: what each is asked for, once in every round.
 *
 * @param samples by contender, ours first, then by measurement
 * @param absent why others do not take part
 */
record Bindings(Map<String, Map<String, List<Sample>>> samples, Map<String, String> absent) {

    static final String OURS = "llama-ffm";
    static final String JLAMA = "Jlama 0.8.4";
    static final Map<String, Unit> UNITS = units();

    private static final int ROUNDS = 6;
    /** Each of Jlama's takes as long as six of ours. */
    private static final int JLAMA_ROUNDS = 3;

    /**
     * One of them.
     *
     * @param rounds in which it takes part at most
     */
    private record Side(Driver driver, Path model, int rounds) {}

    static Bindings run(Settings settings) {
        Resources resources = new Resources(settings.work());
        Map<String, Side> sides = new LinkedHashMap<>();
        Map<String, String> absent = new LinkedHashMap<>();
        sides.put(OURS, side(settings, Settings.java(OurDriver.class)));
        sides.put("de.kherud:llama 4.2.0 (JNI)", side(settings, Settings.java(KherudDriver.class)));
        sides.put("java.net.http to llama-server", side(settings, Settings.java(HttpDriver.class,
                "-Dserver=" + settings.peers().resolve("llama-server"))));
        settings.python().ifPresentOrElse(
                python -> sides.put("llama-cpp-python", side(settings, List.of(python.toString(), resources.copy("llama_cpp_python.py").toString()))),
                () -> absent.put("llama-cpp-python", "not installed for this run"));
        settings.jlama().ifPresentOrElse(
                folder -> sides.put(JLAMA, new Side(new Driver(Settings.jlama(JlamaDriver.class)), folder, JLAMA_ROUNDS)),
                () -> absent.put(JLAMA, "its model was not made for this run"));
        return new Bindings(run(settings, sides, resources.prompt(), absent), absent);
    }

    private static Side side(Settings settings, List<String> command) {
        return new Side(new Driver(command), settings.model(), ROUNDS);
    }

    private static Map<String, Map<String, List<Sample>>> run(Settings settings, Map<String, Side> sides, Path prompt,
                                                              Map<String, String> absent) {
        Map<String, Map<String, List<Sample>>> samples = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(ROUNDS, settings.profile().rounds()); i++) {
            int round = i;
            sides.forEach((name, side) -> {
                if (round < side.rounds && !absent.containsKey(name)) {
                    try {
                        side.driver.run("binding", side.model, settings.threads(), settings.profile().generated(), prompt)
                                .forEach((what, sample) -> samples.computeIfAbsent(name, _ -> new LinkedHashMap<>())
                                        .computeIfAbsent(what, _ -> new ArrayList<>()).add(sample));
                    } catch (IllegalStateException e) {
                        if (name.equals(OURS)) {
                            throw e;
                        }
                        samples.remove(name);
                        absent.put(name, "failed: " + reason(e));
                    }
                }
            });
        }
        return samples;
    }

    /** The line that a JVM or Python begins or ends its failure with. */
    private static String reason(IllegalStateException failure) {
        List<String> lines = failure.getMessage().lines().filter(line -> !line.isBlank() && !line.startsWith("\tat ")).toList();
        return lines.stream().filter(line -> line.startsWith("Exception in thread")).findFirst().orElse(lines.getLast());
    }

    /** The speed of ours over that of another in the rounds in which it took part; empty where it was not measured. */
    Optional<Estimate> ratio(String other, String what) {
        List<Sample> theirs = samples.getOrDefault(other, Map.of()).get(what);
        return theirs == null ? Optional.empty() : Optional.of(Estimate.of(Statistics.ratios(Rounds.values(theirs),
                Rounds.values(samples.get(OURS).get(what).subList(0, theirs.size())))));
    }

    private static Map<String, Unit> units() {
        Map<String, Unit> units = new LinkedHashMap<>();
        units.put("load", Unit.MILLISECONDS);
        units.put("first", Unit.MILLISECONDS);
        units.put("greedy", Unit.TOKENS_PER_SECOND);
        units.put("sampled", Unit.TOKENS_PER_SECOND);
        units.put("peak", Unit.MEBIBYTES);
        return units;
    }
}
