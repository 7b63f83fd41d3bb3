package io.github.llamaffm.chat.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.LiveBlocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory stays where it is however often chats are opened and closed, and what is closed is garbage. */
class LeakIT {

    private static final int ROUNDS = Integer.getInteger("chat.leak.rounds", 30);

    @TempDir
    private Path folder;

    @Test
    void nothingIsLeft() {
        String output = ChildJvm.of(LeakProgram.class).arguments(folder, ROUNDS)
                .environment("LD_PRELOAD", LiveBlocks.library()).environment("MALLOC_ARENA_MAX", 1).limit(Duration.ofMinutes(10)).run().assertSuccess();

        List<String> kinds = new ArrayList<>();
        for (String line : output.lines().toList()) {
            String[] fields = line.split(" ", 3);
            kinds.add(fields[0]);
            if (fields[0].equals(Rounds.FORGOTTEN.name())) {
                assertThat(Long.parseLong(fields[1])).as("forgotten on purpose").isGreaterThanOrEqualTo(ROUNDS);
            } else {
                assertThat(Long.parseLong(fields[1]))
                        // Threads that are about to end have blocks of their own: a dozen on a busy machine, however many rounds there are.
                        .as("blocks of %d rounds of %s", ROUNDS, fields[0]).isLessThan(ROUNDS);
            }
            assertThat(fields[2]).as("closed, and still reachable after %s", fields[0]).isEmpty();
        }
        assertThat(kinds).hasSize(Rounds.values().length);
    }
}
