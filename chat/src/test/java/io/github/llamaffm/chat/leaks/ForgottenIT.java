package io.github.llamaffm.chat.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dllamaffm.leaks=true}: a chat model that is forgotten is reported with the line that opened it; a reply holds nothing. */
class ForgottenIT {

    @TempDir
    private Path folder;

    @Test
    void aForgottenChatModelIsReported() {
        ChildJvm.Result result = ChildJvm.of(ForgottenProgram.class).arguments(folder).property("llamaffm.leaks", "true").run();

        assertThat(result.assertSuccess()).isEmpty();
        assertThat(result.log().lines().filter(line -> line.contains(" WARN ")).filter(line -> !line.contains(" - a sequence was not closed")))
                .singleElement().asString().containsPattern("a context of 256 tokens \\([0-9,]+ bytes\\) was not closed, and the program cannot reach it any"
                        + " more; it was opened by thread main at io.github.llamaffm.chat.leaks.ForgottenProgram.forget\\(ForgottenProgram.java:\\d+\\)$");
    }
}
