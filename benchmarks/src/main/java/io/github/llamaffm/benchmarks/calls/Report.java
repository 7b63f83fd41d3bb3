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

    String markdown() {
        return costs.stream()
                .map(cost -> String.format(Locale.ROOT, "| %s | %s | %,.0f | %,.0f | %,.0f | %.0f |",
                        cost.call().text, cost.library().text, cost.javaNanos(), cost.cNanos(), cost.difference(), cost.bytes()))
                .collect(Collectors.joining("\n", """
                        | Call | Natives | Java, ns | C, ns | difference, ns | Java heap, bytes |
                        |---|---|---:|---:|---:|---:|
                        """, "\n"));
    }
}
