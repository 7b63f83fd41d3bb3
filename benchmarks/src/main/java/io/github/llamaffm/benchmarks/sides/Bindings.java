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
    static final Map<String, Unit> UNITS = units();

    private static final int PROMPT_WORDS = 50;
    private static final int ROUNDS = 6;

    static Bindings run(Settings settings) {
        Resources resources = new Resources(settings.work());
        Map<String, Driver> drivers = new LinkedHashMap<>();
        Map<String, String> absent = new LinkedHashMap<>();
        drivers.put(OURS, new Driver(Settings.java(OurDriver.class)));
        drivers.put("de.kherud:llama 4.2.0 (JNI)", new Driver(Settings.java(KherudDriver.class)));
        drivers.put("java.net.http to llama-server", new Driver(Settings.java(HttpDriver.class,
                "-Dserver=" + settings.peers().resolve("llama-server"))));
        settings.python().ifPresentOrElse(
                python -> drivers.put("llama-cpp-python", new Driver(List.of(python.toString(), resources.copy("llama_cpp_python.py").toString()))),
                () -> absent.put("llama-cpp-python", "not installed for this run"));
        absent.put("Jlama", "reads folders of safetensors, not GGUF, and the model was not converted for it");
        return new Bindings(run(settings, drivers, resources.words(PROMPT_WORDS), absent), absent);
    }

    private static Map<String, Map<String, List<Sample>>> run(Settings settings, Map<String, Driver> drivers, Path prompt,
                                                              Map<String, String> absent) {
        Map<String, Map<String, List<Sample>>> samples = new LinkedHashMap<>();
        for (int round = 0; round < Math.min(ROUNDS, settings.profile().rounds()); round++) {
            drivers.forEach((name, driver) -> {
                if (!absent.containsKey(name)) {
                    try {
                        driver.run("binding", settings.model(), settings.threads(), settings.profile().generated(), prompt)
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

    /** The speed of ours over that of another; empty where it was not measured. */
    Optional<Estimate> ratio(String other, String what) {
        List<Sample> theirs = samples.getOrDefault(other, Map.of()).get(what);
        return theirs == null ? Optional.empty()
                : Optional.of(Estimate.of(Statistics.ratios(Rounds.values(theirs), Rounds.values(samples.get(OURS).get(what)))));
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
