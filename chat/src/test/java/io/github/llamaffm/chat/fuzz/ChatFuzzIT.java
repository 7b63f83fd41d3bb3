package io.github.llamaffm.chat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on chats end no process, hang nowhere, and throw what is documented. {@code -Dchat.fuzz.operations=10000} is the
 * soak that {@code ci/soak chat-fuzz} runs.
 */
class ChatFuzzIT {

    private static final int OPERATIONS = Integer.getInteger("chat.fuzz.operations", 500);
    private static final int THREADS = Integer.getInteger("chat.fuzz.threads", 4);
    private static final long SEED = Long.getLong("chat.fuzz.seed", 20_261_125);

    @TempDir
    private Path folder;

    @Test
    void nothingEndsOrHangs() {
        String outcomes;
        try {
            outcomes = ChildJvm.of(ChatFuzzProgram.class).options("-Xmx512m")
                    .arguments(folder, TestFiles.sources().resolve("models/templates/Qwen-Qwen2.5-7B-Instruct.jinja"), SEED, OPERATIONS, THREADS)
                    .limit(Duration.ofHours(2)).run().assertSuccess();
        } catch (AssertionError e) {
            throw new AssertionError("-Dchat.fuzz.seed=%d -Dchat.fuzz.operations=%d -Dchat.fuzz.threads=%d does this again"
                    .formatted(SEED, OPERATIONS, THREADS), e);
        }
        assertThat(outcomes).as("something was done").contains("ask: done", "reply: done", "chat: done", "json: done");
        if (Boolean.getBoolean("chat.fuzz.report")) {
            System.out.println(outcomes);
        }
    }
}
