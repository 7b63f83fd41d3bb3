package io.github.llamaffm.misuse;

import io.github.llamaffm.support.DocsPage;
import io.github.llamaffm.support.misuse.MisuseRun;
import java.util.List;
import java.util.stream.Collectors;

/** docs/safety/misuse.md. */
final class MisusePage {

    private MisusePage() {}

    static void compareOrUpdate(List<MisuseRun.Table> tables) {
        int rows = tables.stream().mapToInt(table -> table.lines().size()).sum();
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

                What is done to chats is on [a page of its own](misuse-chat.md).
                """.formatted(rows) + tables.stream().map(MisuseRun.Table::text).collect(Collectors.joining()));
    }
}
