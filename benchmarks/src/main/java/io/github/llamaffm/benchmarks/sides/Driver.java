package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A program that takes {@code COMMAND MODEL THREADS N FILE} and prints results. */
record Driver(List<String> start) {

    /** What it is asked for, of which it may print more than one result. */
    Map<String, Sample> run(String command, Path model, int threads, int n, Path text) {
        List<String> line = new ArrayList<>(start);
        line.addAll(List.of(command, model.toString(), Integer.toString(threads), Integer.toString(n), text.toString()));
        Map<String, Sample> results = new LinkedHashMap<>();
        for (String printed : Child.run(line).json()) {
            Result result = Result.parse(printed);
            results.put(result.what(), result.sample());
        }
        return results;
    }

    /** One of its results. */
    Sample run(String command, String what, Path model, int threads, int n, Path text) {
        Map<String, Sample> results = run(command, model, threads, n, text);
        Sample sample = results.get(what);
        if (sample == null) {
            throw new IllegalStateException("%s printed no result %s, but %s".formatted(command, what, results.keySet()));
        }
        return sample;
    }
}
