package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What measures as llama-bench and llama-batched-bench do, and prints their JSON lines: the peer itself, or ours.
 *
 * @param command of llama-bench
 * @param batched of llama-batched-bench
 * @param askContext whether that has to be told how large its context is
 */
record BenchTool(List<String> command, List<String> batched, boolean askContext) {

    private static final int SEQUENCES = 8;

    /** Of a short generation, each of less than a second: the JVM compiles during the first one. */
    private static final int REPETITIONS = 3;

    /** What both say last before they measure. */
    private static final String RUN = "run 1/";

    private static final JsonMapper JSON = new JsonMapper();

    static BenchTool peer(Path folder) {
        return new BenchTool(List.of(folder.resolve("llama-bench").toString()),
                List.of(folder.resolve("llama-batched-bench").toString(), "--output-format", "jsonl"), true);
    }

    static BenchTool ours(List<String> cli) {
        List<String> bench = new ArrayList<>(cli);
        bench.add("bench");
        List<String> batched = new ArrayList<>(bench);
        batched.addAll(List.of("-o", "jsonl", "-r", "1"));
        return new BenchTool(bench, batched, false);
    }

    /**
     * A prompt or a generation after so many tokens, of several without a depth the median. A prompt of one token goes before, after
     * which what is there before is computed and kept. User CPU time is counted from when the tool says that the first run begins, after its warm-up.
     *
     * @param generate whether its tokens are generated one by one
     */
    Sample tokens(Path model, int threads, int tokens, int depth, boolean generate) {
        int repetitions = generate && depth == 0 ? REPETITIONS : 1;
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("-m", model.toString(), "-t", Integer.toString(threads), "-r", Integer.toString(repetitions), "-o", "jsonl", "--progress",
                "-d", Integer.toString(depth)));
        line.addAll(generate ? List.of("-p", "1", "-n", Integer.toString(tokens)) : List.of("-p", "1," + tokens, "-n", "0"));
        Child child = Child.runTogether(line);
        List<String> results = child.json();
        if (results.size() != 2) {
            throw new IllegalStateException("2 results expected, not " + results.size() + ": " + child.stdout());
        }
        JsonNode result = JSON.readTree(results.get(1));
        require(result, "n_prompt", generate ? 0 : tokens);
        require(result, "n_gen", generate ? tokens : 0);
        require(result, "n_depth", depth);
        int begin = child.stdout().lastIndexOf(RUN);
        int end = child.stdout().indexOf(results.get(1));
        if (begin < 0 || begin > end) {
            throw new IllegalStateException("'%s' expected before the last result: %s".formatted(RUN, child.stdout()));
        }
        double median = Statistics.median(result.required("samples_ns").valueStream().mapToDouble(JsonNode::doubleValue).toArray());
        return new Sample(median / tokens, each(child.cpuBetween(begin, end), repetitions * tokens));
    }

    /**
     * A token of each of 8 sequences in every decode, after prompts of the same length. User CPU time is that of prompts and
     * generation, less that of a run that computes hardly anything, the first time.
     */
    Contender.Run parallel(Path model, int threads, int tokens) {
        OptionalDouble[] start = new OptionalDouble[1];
        return () -> {
            if (start[0] == null) {
                start[0] = parallel(model, threads, 1, tokens).moments().getLast().cpu();
            }
            Child child = parallel(model, threads, tokens, tokens);
            JsonNode result = JSON.readTree(child.json().getLast());
            require(result, "tg", tokens);
            require(result, "pl", SEQUENCES);
            OptionalDouble whole = child.moments().getLast().cpu();
            OptionalDouble cpu = whole.isEmpty() || start[0].isEmpty() ? OptionalDouble.empty()
                    : OptionalDouble.of(whole.getAsDouble() - start[0].getAsDouble());
            return new Sample(result.required("t_tg").doubleValue() * 1e9 / (SEQUENCES * tokens), each(cpu, 2 * SEQUENCES * tokens));
        };
    }

    private Child parallel(Path model, int threads, int tokens, int most) {
        List<String> line = new ArrayList<>(batched);
        String n = Integer.toString(tokens);
        line.addAll(List.of("-m", model.toString(), "-t", Integer.toString(threads), "-npp", n, "-ntg", n, "-npl",
                Integer.toString(SEQUENCES)));
        if (askContext) {
            line.addAll(List.of("-c", Integer.toString(2 * SEQUENCES * most)));
        }
        return Child.run(line, run -> !run.json().isEmpty());
    }

    private static void require(JsonNode result, String field, int value) {
        if (result.required(field).intValue() != value) {
            throw new IllegalStateException("%s is %s, not %d: %s".formatted(field, result.required(field), value, result));
        }
    }

    private static OptionalDouble each(OptionalDouble cpu, int units) {
        return cpu.isPresent() && cpu.getAsDouble() > 0 ? OptionalDouble.of(cpu.getAsDouble() / units) : OptionalDouble.empty();
    }
}
