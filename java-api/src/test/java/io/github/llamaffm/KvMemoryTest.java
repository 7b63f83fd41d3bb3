package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KvMemoryTest {

    private static final long BYTES_PER_TOKEN = 1000;

    @Test
    void isTheTrainedLengthButAtMost8192() {
        assertThat(memory(2048, OptionalLong.empty()).contextSize(ContextOptions.defaults())).isEqualTo(2048);
        assertThat(memory(131_072, OptionalLong.empty()).contextSize(ContextOptions.defaults())).isEqualTo(8192);
    }

    @Test
    void isTheTrainedLengthWhereAskedFor() {
        assertThat(memory(131_072, OptionalLong.empty())
                .contextSize(ContextOptions.builder().trainedContextSize().build())).isEqualTo(131_072);
    }

    @Test
    void isWhatWasAskedForWhereItFits() {
        ContextOptions options = ContextOptions.builder().contextSize(3000).build();

        assertThat(memory(8192, OptionalLong.of(3_000_000)).contextSize(options)).isEqualTo(3000);
    }

    @Test
    void isLoweredToWhatFitsWhereNothingWasAskedFor() {
        assertThat(memory(8192, OptionalLong.of(3_000_000)).contextSize(ContextOptions.defaults())).isEqualTo(2816);
    }

    @Test
    void refusesWhatCannotFitWithNumbers() {
        ContextOptions options = ContextOptions.builder().contextSize(Integer.MAX_VALUE - 255).build();

        assertThatExceptionOfType(InsufficientMemoryException.class)
                .isThrownBy(() -> memory(8192, OptionalLong.of(64L << 20)).contextSize(options))
                .withMessage("a context of 2147483392 tokens needs 2047999 MiB for its KV cache, 64 MiB are available; "
                        + "lower contextSize to at most 67108")
                .satisfies(e -> {
                    assertThat(e.needed()).isEqualTo(2_147_483_392_000L);
                    assertThat(e.available()).isEqualTo(64L << 20);
                });
    }

    @Test
    void refusesAMachineWithoutRoomForAnything() {
        assertThatExceptionOfType(InsufficientMemoryException.class)
                .isThrownBy(() -> memory(8192, OptionalLong.of(1000)).contextSize(ContextOptions.defaults()));
    }

    private static KvMemory memory(int trained, OptionalLong available) {
        return new KvMemory(new KvMemory.Cache() {
            @Override
            public int trainedContextSize() {
                return trained;
            }

            @Override
            public long usualBytesPerToken() {
                return BYTES_PER_TOKEN;
            }

            @Override
            public long bytesPerToken() {
                return BYTES_PER_TOKEN;
            }
        }, available);
    }
}
