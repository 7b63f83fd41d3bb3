package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.benchmarks.sides.Child;
import io.github.llamaffm.benchmarks.sides.Estimate;
import io.github.llamaffm.benchmarks.sides.Statistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code llama-ffm bench} and llama-bench, alternately, each on its own copy of the same module; and llama-bench beside itself, which
 * says how much of a difference is chance.
 */
final class Speed {

    /** The ratio of speeds that the project promises of its CPU too. */
    private static final double AS_FAST = 0.99;

    private static final JsonMapper JSON = new JsonMapper();

    /** No pair is begun after so long. */
    private static final long NANOS = 50_000_000_000L;

    private Speed() {}

    private enum Side {
        OURS, THEIRS, THEIRS_AGAIN;

        private List<String> command(Setup setup) {
            return this == OURS ? setup.java("io.github.llamaffm.cli.Main", true, "bench")
                    : List.of(setup.peers().resolve("llama-bench").toString());
        }
    }

    static void run(Setup setup, Findings findings) {
        Map<String, Map<Side, List<Double>>> speeds = new LinkedHashMap<>();
        List<Side> order = new ArrayList<>(List.of(Side.values()));
        long start = System.nanoTime();
        for (int i = 0; i < setup.pairs() && System.nanoTime() - start < NANOS; i++) {
            for (Side side : order) {
                measure(side.command(setup), setup).forEach((name, speed) -> speeds.computeIfAbsent(name, _ -> new EnumMap<>(Side.class))
                        .computeIfAbsent(side, _ -> new ArrayList<>()).add(speed));
            }
            // A device grows warm.
            Collections.rotate(order, 1);
        }
        speeds.forEach((name, sides) -> judge(findings, name, sides));
    }

    private static void judge(Findings findings, String name, Map<Side, List<Double>> sides) {
        double[] ours = values(sides, Side.OURS);
        double[] theirs = values(sides, Side.THEIRS);
        Estimate ratio = Estimate.of(Statistics.ratios(ours, theirs));
        Estimate noise = Estimate.of(Statistics.ratios(values(sides, Side.THEIRS_AGAIN), theirs));
        String figures = Finding.text("%,.1f and %,.1f tokens per second; ratio %s in %d pairs; theirs beside theirs %s",
                Statistics.median(ours), Statistics.median(theirs), show(ratio), ours.length, show(noise));
        if (ratio.interval().isEmpty()) {
            findings.notJudged(name, "%s", figures);
        } else {
            findings.judge(ratio.median() >= AS_FAST || ratio.interval().get().high() >= 1, name, "%s", figures);
        }
    }

    private static double[] values(Map<Side, List<Double>> sides, Side side) {
        return sides.get(side).stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static String show(Estimate ratio) {
        return Finding.text("%.4f%s", ratio.median(),
                ratio.interval().map(interval -> Finding.text(" (%.4f to %.4f)", interval.low(), interval.high())).orElse(""));
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
