package io.github.llamaffm.chat;

import io.github.llamaffm.support.DocsPage;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What careless and hostile callers do to chats, and what comes of it: docs/safety/misuse-chat.md. */
class ChatMisuseIT {

    private static final List<MisuseGroup> GROUPS = List.of(new TemplateMisuse(), new NestedTemplateMisuse(), new EndlessTemplateMisuse(),
            new MessageMisuse(), new SchemaMisuse(), new ChatHandleMisuse());

    @Test
    void endsInTheExceptionOfThePage(@TempDir Path folder) throws IOException {
        List<MisuseRun.Table> tables = MisuseRun.start(folder.resolve("rows"), GROUPS).end();
        int rows = tables.stream().mapToInt(table -> table.lines().size()).sum();
        DocsPage.compareOrUpdate("safety/misuse-chat.md", """
                # Misuse of chats

                [Misuse](misuse.md), of the module for chats. This page is written by a test,
                [ChatMisuseIT](../../chat/src/test/java/io/github/llamaffm/chat/ChatMisuseIT.java), under the same rules; it has %d rows.
                """.formatted(rows) + tables.stream().map(MisuseRun.Table::text).collect(Collectors.joining()));
    }
}
