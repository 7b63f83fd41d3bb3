package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and models say is nobody's to find in a log: only TRACE may have it. */
class LogIT {

    @TempDir
    private Path folder;

    @Test
    void noTextOfAConversationIsLogged() {
        ChildJvm.Result result = ChildJvm.of(LogProgram.class).arguments(folder)
                .options("-Dorg.slf4j.simpleLogger.defaultLogLevel=debug").property("llamaffm.leaks", "true").run();

        assertThat(List.of(result.assertSuccess().split("\n"))).as("what was said is what is looked for").containsExactly(
                "answered", "template", "template", "schema", "tool", "full", "cancelled", "half");
        assertThat(result.log()).as("it logs").contains(" DEBUG io.github.llamaffm.native ");
        assertThat(result.log().lines().filter(line -> line.toLowerCase().contains(LogProgram.SECRET))).isEmpty();
    }
}
