package io.github.llamaffm.fuzz;

import io.github.llamaffm.LlamaRuntime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What a run has found, in figures.
 *
 * @param calls of public methods; empty where nobody counted
 */
record Report(Run run, int operations, int threads, List<Point> points, Duration time,
        Map<String, Long> calls) {

    /** More than this in 100,000 operations, with confidence, is a leak. */
    private static final long MOST = 8L << 20;

    /** Operations in which every public method is called. */
    private static final int ENOUGH = 50_000;

    /** An exception that is a fault here. */
    private static final String NEVER = "DecodeException.code()";

    private static final double MIB = 1 << 20;

    /** @param aborts until then: they may leak */
    record Point(int operations, long aborts, NativeMemory memory) {
    }

    private List<Point> warm() {
        return points.subList(points.size() / 4, points.size());
    }

    private Slope slope(ToDoubleFunction<Point> value) {
        return Slope.of(warm().stream().mapToDouble(Point::operations).toArray(), warm().stream().mapToDouble(value).toArray());
    }

    /** What is wrong with the memory. */
    Optional<String> growth() {
        Slope slope = slope(point -> point.memory().allocated());
        double least = (slope.perStep() - slope.margin()) * 100_000;
        return warm().size() > 3 && least > MOST
                ? Optional.of("native memory grows by at least %.1f MiB in 100,000 operations:\n%s".formatted(least / MIB, memory()))
                : Optional.empty();
    }

    /** What was not called, in a run that is long enough for everything. */
    Optional<String> uncalled() {
        List<String> never = calls.entrySet().stream().filter(call -> call.getValue() == 0 && !NEVER.equals(call.getKey())).map(Map.Entry::getKey).toList();
        return operations < ENOUGH || never.isEmpty() ? Optional.empty() : Optional.of("no call returned: " + never);
    }

    private String memory() {
        StringBuilder text = new StringBuilder("| Operations | Aborts | Allocated, MiB | Resident, MiB |\n|---:|---:|---:|---:|\n");
        int step = Math.max(1, points.size() / 20);
        for (int i = 0; i < points.size(); i += step) {
            Point point = points.get(i);
            text.append("| %,d | %d | %.2f | %.1f |\n".formatted(point.operations(), point.aborts(),
                    point.memory().allocated() / MIB, point.memory().resident() / MIB));
        }
        return text.toString();
    }

    private String slopes() {
        Slope allocated = slope(point -> point.memory().allocated());
        Slope resident = slope(point -> point.memory().resident());
        return "Growth in 100,000 operations, after the first quarter, with 95 %% confidence: allocated %+.2f ± %.2f MiB, resident %+.2f ± %.2f MiB."
                .formatted(allocated.perStep() * 1e5 / MIB, allocated.margin() * 1e5 / MIB, resident.perStep() * 1e5 / MIB, resident.margin() * 1e5 / MIB);
    }

    String page() {
        long memory = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        StringBuilder text = new StringBuilder("""
                # Random operations

                %,d random operations over the whole public API by %d threads, every second one virtual, in one JVM: no signal, no hang, \
                no exception that is not documented. Written by `ci/soak fuzz`.

                - Seed %d, %d minutes, llama.cpp %s, %d cores, %d GiB of memory, %s.
                - Every %,d operations everything is closed, in a random order; then a model that survived all of them and one that is loaded \
                anew still answer exactly as at the start, and what the process holds is measured.
                - Aborts of native code that were caught: %d.
                - %s

                """.formatted(operations, threads, run.seed(), time.toMinutes(), LlamaRuntime.instance().llamaCppVersion(),
                Runtime.getRuntime().availableProcessors(), Math.round(memory / MIB / 1024), System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                points.isEmpty() ? 0 : points.getFirst().operations(), run.tally().aborts(), slopes()));
        text.append("## Outcomes\n\n`done` is a call that answered; `nothing there` found nothing to call it on; ")
                .append("`Thrown` is what code of the user threw where the library calls it.\n\n| Outcome | Operations |\n|---|---:|\n");
        run.tally().byOutcome().entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(row -> text.append("| `%s` | %,d |\n".formatted(row.getKey(), row.getValue())));
        text.append("\n## Memory\n\n").append(memory());
        if (!run.tally().abortTexts().isEmpty()) {
            text.append("\n## Aborts\n\n");
            run.tally().abortTexts().forEach((what, count) -> text.append("- %d: `%s`\n".formatted(count, what)));
        }
        text.append("\n## Operations\n\n| Operation | Done | Nothing there | Exceptions |\n|---|---:|---:|---|\n");
        run.tally().byOperation().forEach((operation, outcomes) -> {
            Map<String, Long> rest = new TreeMap<>(outcomes);
            Long done = rest.remove(Tally.DONE);
            Long skipped = rest.remove(Tally.SKIPPED);
            text.append("| %s | %,d | %,d | %s |\n".formatted(operation, done == null ? 0 : done, skipped == null ? 0 : skipped,
                    rest.isEmpty() ? "" : rest.toString().replaceAll("[{}]", "").replace("=", " ")));
        });
        text.append("\n## Calls\n\nThose that returned, of each public method, as the JVM counts them, the library's own included. Components of records are not listed.\n\n")
                .append("| Method | Calls |\n|---|---:|\n");
        calls.forEach((method, count) -> text.append("| `%s` | %,d |\n".formatted(method, count)));
        return text.toString();
    }
}
