package io.github.llamaffm.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What events put on the heap for each token that is decoded and sampled. In a JVM of its own with the first compiler only: a thread
 * that has a method compiled pays for the classes that are looked up for it.
 */
class EventAllocationIT {

    private static final int TOKENS = 1_000;

    @TempDir
    private Path folder;

    @Test
    void nothingWhereNobodyRecords() {
        Path file = TinyModel.llama().layers(1).embeddingSize(32).heads(1, 1).contextSize(8_192)
                .writeTo(folder.resolve("tiny.gguf"));
        String printed = ChildJvm.of(EventAllocations.class).arguments(file, TOKENS).run().assertSuccess();
        Map<String, Long> bytes = printed.lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(line -> line[0], line -> Long.valueOf(line[1])));

        assertThat(bytes.get("off")).isZero();
        // A decode, a sample, and what is counted for the decode.
        assertThat(bytes.get("events")).isEqualTo(2 * TOKENS);
        assertThat(bytes.get("on")).as(printed).isBetween(100L * TOKENS, 200L * TOKENS);
        // The recorder is there now, and no recording.
        assertThat(bytes.get("after")).isZero();
    }
}
