package io.github.llamaffm.chat;

import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The schemas of upstream's own tests of its converter, as its sources have them. */
final class UpstreamSchemas {

    private static final Pattern CASE = Pattern.compile("(SUCCESS|FAILURE),\\s*\"((?:[^\"\\\\]|\\\\.)*)\",\\s*R\"\"\"\\((.*?)\\)\"\"\"", Pattern.DOTALL);
    private static final Pattern PLAIN_CASE = Pattern.compile("(SUCCESS|FAILURE),\\s*\"([^\"]*)\",\\s*\"([^\"]*)\",");

    private UpstreamSchemas() {}

    static List<SchemaCase> all() {
        String source;
        try {
            source = Files.readString(TestFiles.sources().resolve("tests/test-json-schema-to-grammar.cpp"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<SchemaCase> cases = new ArrayList<>();
        for (Pattern form : List.of(CASE, PLAIN_CASE)) {
            for (Matcher found = form.matcher(source); found.find();) {
                if (!found.group(3).isBlank()) {
                    cases.add(SchemaCase.schema("upstream: " + found.group(2), found.group(3)));
                }
            }
        }
        return cases;
    }
}
