package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From token 2,001 to 10,000 nothing is put on the heap but what the caller asked for. In a JVM of its own with the first compiler only,
 * which is done by then: a thread that has a method compiled pays for the classes that are looked up for it.
 */
class ZeroAllocationIT {
    @TempDir
    private Path folder;

    @Test
    void nothingButViewsAndStrings() {
        Path file = TinyModel.llama().layers(1).embeddingSize(32).heads(1, 1).contextSize(16_384)
                .writeTo(folder.resolve("tiny.gguf"));
        String printed = ChildJvm.of(Allocations.class).arguments(file).run().assertSuccess();
        Map<String, Long> numbers = printed.lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(line -> line[0], line -> Long.valueOf(line[1])));

        // A view of logits is one object; decode, the bytes of a token and the greatest logit are none.
        assertThat(numbers.get("view")).isBetween(16L, 32L);
        assertThat(numbers.get("views")).isEqualTo(8_000);
        assertThat(numbers.get("decoded")).as(printed).isEqualTo(numbers.get("views") * numbers.get("view"));
        assertThat(numbers.get("bytes")).isPositive();

        // Of each piece its string, and the text of the whole answer, which grows by doubling.
        assertThat(numbers.get("pieces")).isGreaterThan(9_000);
        assertThat(numbers.get("generated")).as(printed)
                .isLessThanOrEqualTo(numbers.get("strings") + 4 * numbers.get("chars"));
    }
}
