package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of forcing schemas on a model. */
final class SchemaReport {

    /**
     * Of one case.
     *
     * @param values answers that are values
     * @param cut answers that were cut off
     * @param garbled answers with bytes that are no UTF-8, which a grammar counts otherwise than a text does
     * @param refused texts that the schema does not allow, nor the grammar
     * @param wrong what must not be
     */
    record Result(SchemaCase schema, int values, int cut, int garbled, int refused, List<String> wrong) {}

    /** Those of upstream's schemas that say what a grammar does not: the place. */
    private static final Map<String, String> REFUSED = Map.of(
            "upstream: unknown type", "/type",
            "upstream: invalid type", "/type",
            "upstream: string array", "/prefixItems",
            "upstream: nullable string array", "/prefixItems",
            "upstream: array with empty items and prefixItems", "/items",
            "upstream: mix of allOf, anyOf and $ref (similar to https://json.schemastore.org/tsconfig.json)", "/allOf/2/anyOf",
            "upstream: allOf with multiple enum schemas", "/allOf/0/enum",
            "upstream: unanchored regexp", "/pattern",
            "upstream: regexp with unbalanced parentheses", "/pattern",
            "upstream: unsupported regexp in a property", "/properties/a/pattern");

    private final int seeds;
    private final int maxTokens;
    private final List<Result> results = new ArrayList<>();
    private final Map<SchemaCase, SchemaException> refusals = new LinkedHashMap<>();

    SchemaReport(int seeds, int maxTokens) {
        this.seeds = seeds;
        this.maxTokens = maxTokens;
    }

    void add(Result result) {
        results.add(result);
    }

    void refused(SchemaCase schema, SchemaException refusal) {
        refusals.put(schema, refusal);
    }

    List<Result> results() {
        return results;
    }

    /** Nothing wrong, values of nine runs in ten, and a text that is refused; of upstream's schemas, those are refused that have to be. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        for (Result result : results) {
            result.wrong().forEach(text -> failures.add(result.schema() + ": " + text));
            if (result.values() < seeds * 9 / 10) {
                failures.add("%s: %d values of %d".formatted(result.schema(), result.values(), seeds));
            }
            if (result.refused() == 0) {
                failures.add(result.schema() + ": no text was refused");
            }
            if (REFUSED.containsKey(result.schema().name())) {
                failures.add(result.schema() + ": was not refused");
            }
        }
        refusals.forEach((schema, refusal) -> {
            if (!refusal.pointer().equals(REFUSED.get(schema.name()))) {
                failures.add("%s: refused at '%s': %s".formatted(schema, refusal.pointer(), refusal.getMessage()));
            }
        });
        return failures;
    }

    String page() {
        int values = results.stream().mapToInt(Result::values).sum();
        int cut = results.stream().mapToInt(Result::cut).sum();
        int garbled = results.stream().mapToInt(Result::garbled).sum();
        int runs = results.size() * seeds;
        StringBuilder page = new StringBuilder("""
                # Typed answers

                Written by `ci/soak schemas`: Java types and JSON schemas, among them all of upstream's `tests/test-json-schema-to-grammar.cpp`, forced on a
                random model of 512 tokens that says anything, at temperature 2. An answer has to be a value, by an independent validator (networknt, draft
                2020-12, formats asserted) and by the type where there is one, or to be reported as cut off (at %,d tokens). Of each case, texts that the
                validator refuses, JSON of other kinds and a valid answer with one thing changed, have to be refused by the grammar too, by upstream's
                `test-gbnf-validator`.

                | | |
                |---|---|
                | Types | %,d |
                | Schemas | %,d |
                | of upstream's | %,d |
                | refused before anything is generated, with the place | %,d |
                | Runs (%d seeds) | %,d |
                | values | %,d |
                | cut off | %,d |
                | too long or short for bytes that are no UTF-8, which this model makes | %,d |
                | anything else | %,d |
                | Wrong texts, refused by the grammar | %,d |
                | let through | 0 |
                """.formatted(maxTokens, count(true), count(false) + refusals.size(), results.stream().filter(result -> isUpstream(result.schema())).count() + refusals.size(),
                refusals.size(), seeds, runs, values, cut, garbled, runs - values - cut - garbled, results.stream().mapToInt(Result::refused).sum()));
        page.append("\n## Refused\n\n| Schema of upstream's | Where | Why |\n|---|---|---|\n");
        refusals.forEach((schema, refusal) -> page.append("| %s | `%s` | %s |\n".formatted(
                schema.name().substring("upstream: ".length()), refusal.pointer(), refusal.getMessage().replaceFirst("^the schema[^:]*: ", "").replace("|", "\\|"))));
        page.append("\n## The fewest values\n\n| Case | Values | Cut off |\n|---|---|---|\n");
        results.stream().sorted(Comparator.comparingInt(Result::values)).limit(10).forEach(result -> page.append(
                "| `%s` | %d of %d | %d |\n".formatted(result.schema().name().replace("|", "\\|"), result.values(), seeds, result.cut())));
        return page.toString();
    }

    private long count(boolean types) {
        return results.stream().filter(result -> result.schema().type().isPresent() == types).count();
    }

    private static boolean isUpstream(SchemaCase schema) {
        return schema.name().startsWith("upstream: ");
    }
}
