package io.github.llamaffm.benchmarks.calls;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table, for programs and for people. */
record Report(List<Cost> costs) {

    String json() {
        return costs.stream()
                .map(cost -> String.format(Locale.ROOT,
                        "{\"call\":\"%s\",\"library\":\"%s\",\"javaNanos\":%.1f,\"cBefore\":%.1f,\"cAfter\":%.1f,\"difference\":%.1f,\"bytes\":%.1f}",
                        cost.call().id, cost.library().text, cost.javaNanos(), cost.cBefore(), cost.cAfter(),
                        cost.difference(), cost.bytes()))
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
                        """.formatted(overhead()), "\n\n" + unrest() + "\n"));
    }

    private String unrest() {
        return String.format(Locale.ROOT, "The two runs in C, before and after Java's, were at most %.0f %% apart, %.0f %% in the median.",
                100 * unrest(costs.size() - 1), 100 * unrest(costs.size() / 2));
    }

    private double unrest(int rank) {
        return costs.stream().mapToDouble(Cost::unrest).sorted().toArray()[rank];
    }

    private String overhead() {
        return costs.stream()
                .filter(cost -> cost.library() == Library.NOTHING && cost.call() != Call.DECODE)
                .map(cost -> String.format(Locale.ROOT, "%.2f µs for %s", cost.difference() / 1000, cost.call().text))
                .collect(Collectors.joining(", ", "Where a decode does nothing, the loop in Java takes longer than in C by ", "."));
    }
}
