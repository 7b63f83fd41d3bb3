package io.github.llamaffm.benchmarks.calls;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table, for programs and for people. */
record Report(List<Cost> costs) {

    String json() {
        return costs.stream()
                .map(cost -> String.format(Locale.ROOT,
                        "{\"call\":\"%s\",\"library\":\"%s\",\"javaNanos\":%.1f,\"cNanos\":%.1f,\"difference\":%.1f,\"bytes\":%.1f}",
                        cost.call().id, cost.library().text, cost.javaNanos(), cost.cNanos(), cost.difference(), cost.bytes()))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    /** A section of a page. */
    String markdown() {
        return costs.stream()
                .map(cost -> String.format(Locale.ROOT, "| %s | %s | %,.0f | %,.0f | %,.0f | %.0f |",
                        cost.call().text, cost.library().text, cost.javaNanos(), cost.cNanos(), cost.difference(), cost.bytes()))
                .collect(Collectors.joining("\n", """
                        ## What a call costs

                        %s

                        | Call | Natives | Java, ns | C, ns | difference, ns | Java heap, bytes |
                        |---|---|---:|---:|---:|---:|
                        """.formatted(overhead()), "\n"));
    }

    private String overhead() {
        return costs.stream()
                .filter(cost -> cost.library() == Library.NOTHING && cost.call() != Call.DECODE)
                .map(cost -> String.format(Locale.ROOT, "%.2f µs for %s", cost.difference() / 1000, cost.call().text))
                .collect(Collectors.joining(", ", "Where a decode does nothing, the loop in Java takes longer than in C by ", "."));
    }
}
