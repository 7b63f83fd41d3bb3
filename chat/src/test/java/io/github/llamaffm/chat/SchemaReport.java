package io.github.llamaffm.chat;

import java.util.ArrayList;
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
     * @param refused texts that the schema does not allow, nor the grammar
     * @param wrong what must not be
     */
    record Result(SchemaCase schema, int values, int cut, int refused, List<String> wrong) {}

    private final int seeds;
    private final List<Result> results = new ArrayList<>();
    private final Map<SchemaCase, SchemaException> refusals = new LinkedHashMap<>();

    SchemaReport(int seeds) {
        this.seeds = seeds;
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

    /** Nothing wrong, values of nine runs in ten, and a text that is refused. */
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
        }
        refusals.forEach((schema, refusal) -> {
            if (!schema.name().startsWith("upstream: ")) {
                failures.add(schema + ": " + refusal.getMessage());
            }
        });
        return failures;
    }

    String page() {
        return "";
    }
}
