package io.github.llamaffm.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** All schemas that are forced on a model by tests. */
final class SchemaCases {

    private SchemaCases() {}

    static List<SchemaCase> all() {
        List<SchemaCase> cases = new ArrayList<>(RecordShapes.all());
        cases.addAll(own());
        cases.addAll(UpstreamSchemas.all());
        return cases;
    }

    static List<SchemaCase> own() {
        try (InputStream in = Objects.requireNonNull(SchemaCases.class.getResourceAsStream("/schemas.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 2))
                    .map(parts -> SchemaCase.schema(parts[0], parts[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
