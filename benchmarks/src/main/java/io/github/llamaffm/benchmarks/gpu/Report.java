package io.github.llamaffm.benchmarks.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page of a card.
 *
 * @param facts of the machine; {@code Card} names the page
 */
record Report(Map<String, String> facts, Map<Check, List<Finding>> findings) {

    /** Of lines {@code NAME=VALUE}. */
    static Map<String, String> facts(Path file) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return facts;
    }

    /** @return the file, which is named after the card */
    Path writeTo(Path folder) throws IOException {
        String name = card().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return Files.writeString(Files.createDirectories(folder).resolve(name + ".md"), text());
    }

    private String card() {
        return facts.getOrDefault("Card", "no card");
    }

    private String text() {
        StringBuilder page = new StringBuilder("""
                # %s

                Written by `ci/gpu-proof` or `ci/vulkan-proof` ([ci/README.md](../../ci/README.md)). A line that "holds" was judged by the
                program, one with "-" is a figure of which nothing is promised.

                | | |
                |---|---|
                """.formatted(card()));
        facts.forEach((name, value) -> page.append("| %s | %s |%n".formatted(name, value.replace("|", "\\|"))));
        findings.forEach((check, lines) -> {
            page.append("%n## %s%n%n| | | |%n|---|---|---|%n".formatted(check.title));
            lines.forEach(line -> page.append(line.row()).append("\n"));
        });
        return page.toString();
    }
}
