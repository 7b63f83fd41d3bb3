package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.benchmarks.sides.Child;
import io.github.llamaffm.benchmarks.sides.Estimate;
import io.github.llamaffm.benchmarks.sides.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code llama-ffm bench} and llama-bench, alternately, each on its own copy of the same module. */
final class Speed {

    /** The ratio of speeds that the project promises of its CPU too. */
    private static final double AS_FAST = 0.99;

    private static final JsonMapper JSON = new JsonMapper();

    private Speed() {}

    static void run(Setup setup, Findings findings) {
        List<String> peer = List.of(setup.peers().resolve("llama-bench").toString());
        List<String> ours = new ArrayList<>(setup.java("io.github.llamaffm.cli.Main", true));
        ours.add("bench");
        Map<String, List<double[]>> speeds = new LinkedHashMap<>();
        for (int i = 0; i < setup.pairs(); i++) {
            // Who goes first changes: a device grows warm.
            Map<String, Double> first = measure(i % 2 == 0 ? ours : peer, setup);
            Map<String, Double> second = measure(i % 2 == 0 ? peer : ours, setup);
            Map<String, Double> own = i % 2 == 0 ? first : second;
            Map<String, Double> other = i % 2 == 0 ? second : first;
            own.forEach((name, speed) -> speeds.computeIfAbsent(name, _ -> new ArrayList<>()).add(new double[] {speed, other.get(name)}));
        }
        speeds.forEach((name, pairs) -> judge(findings, name, pairs));
    }

    private static void judge(Findings findings, String name, List<double[]> pairs) {
        double[] ours = pairs.stream().mapToDouble(pair -> pair[0]).toArray();
        double[] theirs = pairs.stream().mapToDouble(pair -> pair[1]).toArray();
        Estimate ratio = Estimate.of(Statistics.ratios(ours, theirs));
        String figures = Finding.text("ratio %.3f%s in %d pairs; %,.1f and %,.1f tokens per second; spread of theirs %.1f %%", ratio.median(),
                ratio.interval().map(i -> Finding.text(" (%.3f to %.3f)", i.low(), i.high())).orElse(""), pairs.size(),
                Statistics.median(ours), Statistics.median(theirs), 100 * spread(theirs));
        if (ratio.interval().isEmpty()) {
            findings.notJudged(name, "%s", figures);
        } else {
            findings.judge(ratio.median() >= AS_FAST || ratio.interval().get().high() >= 1, name, "%s", figures);
        }
    }

    private static double spread(double... values) {
        Estimate all = Estimate.of(values);
        return all.interval().map(interval -> interval.width() / all.median()).orElse(0.0);
    }

    /** Tokens per second of each test. */
    private static Map<String, Double> measure(List<String> command, Setup setup) {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("-m", setup.model().toString(), "-p", setup.pairs() > 1 ? "512,4096" : "512", "-n", setup.pairs() > 1 ? "128" : "8",
                "-r", setup.pairs() > 1 ? "3" : "1", "-o", "jsonl"));
        Map<String, Double> speeds = new LinkedHashMap<>();
        for (String json : Child.run(line).json()) {
            JsonNode result = JSON.readTree(json);
            int prompt = result.required("n_prompt").intValue();
            String name = prompt > 0 ? "pp" + prompt : "tg" + result.required("n_gen").intValue();
            speeds.put(name, result.required("avg_ts").doubleValue());
        }
        return speeds;
    }
}
