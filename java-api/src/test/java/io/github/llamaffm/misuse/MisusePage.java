package io.github.llamaffm.misuse;

import io.github.llamaffm.support.DocsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** docs/safety/misuse.md. */
final class MisusePage {

    private MisusePage() {}

    /** @param results a file for each group, which {@link MisuseProgram} wrote */
    static void compareOrUpdate(List<Path> results) throws IOException {
        StringBuilder groups = new StringBuilder();
        int rows = 0;
        for (MisuseGroup group : MisuseGroup.all()) {
            Path file = results.stream().filter(path -> path.endsWith(MisuseProgram.fileName(group))).findFirst()
                    .orElseThrow(() -> new AssertionError("no result of " + group.title()));
            List<String> lines = Files.readAllLines(file);
            rows += lines.size();
            groups.append("\n## ").append(group.title()).append("\n\n| What is done | llama.cpp alone | Here | Text |\n|---|---|---|---|\n")
                    .append(lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
        }
        DocsPage.compareOrUpdate("safety/misuse.md", """
                # Misuse

                What careless and hostile callers do, and what comes of it. This page is written by a test,
                [MisuseIT](../../java-api/src/test/java/io/github/llamaffm/misuse/MisuseIT.java), which does all of it through the public API
                and fails where it finds something else; `-Dllamaffm.update.docs=true` writes it anew. There are %d rows. Each is done in a
                JVM that ends with exit code 0 and without a byte on stdout or stderr, and after each row a context that was opened before
                says what it said before.

                *llama.cpp alone* is what llama.cpp v0.5.0 was seen to do, or does by its source, when its C API is called in that way: *signal* and *abort* end the
                process, a C++ *exception* does so where no C++ caller catches it. A dash: the question does not arise there. *Here* is the
                exception, or *no harm* with what comes out, or that it *cannot be said* in Java: then the test proves that no method or parameter
                does it, as far as that can be proved. Paths are shortened to FOLDER, numbers that vary to N, and long texts are cut.

                Deeply nested JSON schemas and chat templates join this table with the module for chats; a model that holds such a template
                is in it.
                """.formatted(rows) + groups);
    }
}
