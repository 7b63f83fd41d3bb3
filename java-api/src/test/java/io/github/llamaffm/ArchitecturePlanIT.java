package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.internal.HostMemory;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.testkit.TinyModel;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memories of every kind that llama.cpp has: plain, sliding, recurrent, both, with an index, with an encoder. */
class ArchitecturePlanIT {

    private static final String ARCHITECTURES =
            "^(deepseek2|deepseek32|falcon-h1|gpt-oss|grok|jamba|llama4|mamba2|qwen3next|qwen4exp)$";

    private static final List<ContextOptions> OPTIONS = List.of(
            context().build(),
            context().contextSize(2048).flashAttention(FlashAttention.OFF).build(),
            context().maxSequences(4).unifiedCache(false).ubatchSize(64).maxOutputs(64).build(),
            context().maxSequences(4).recurrentRollback(2).fullSlidingWindow(true).build(),
            context().pooling(Pooling.MEAN).build());

    @TempDir
    private Path folder;

    private static ContextOptions.Builder context() {
        return ContextOptions.builder().contextSize(512).threads(1);
    }

    @Test
    void isWhatTheContextTakes() {
        TinyModel.bert().writeTo(folder.resolve("bert.gguf"));
        TinyModel.t5().writeTo(folder.resolve("t5.gguf"));
        List<Path> files = RandomModels.make(ARCHITECTURES, folder);
        assertThat(files).hasSize(12);
        for (Path file : files) {
            try (NativeModel model = (NativeModel) Model.load(file)) {
                for (ContextOptions options : OPTIONS) {
                    if (isPossible(model.info().architecture(), options)) {
                        check(file, model, options);
                    }
                }
            }
        }
    }

    /** What reads a text in one piece has no streams, and what a decoder reads is not pooled. */
    private static boolean isPossible(String architecture, ContextOptions options) {
        return switch (architecture) {
            case "bert" -> options.unifiedCache().isEmpty();
            case "t5" -> options.maxSequences() == 1 && options.pooling().isEmpty();
            default -> true;
        };
    }

    private static void check(Path file, NativeModel model, ContextOptions options) {
        MemoryPlan.Part plan = MemoryPlan.of(ModelSource.path(file), ModelOptions.defaults(), options).parts().getFirst();
        try (NativeContext context = (NativeContext) model.newContext(options)) {
            MemoryUse.Part real = MemoryMeter.of(model, context).parts().getFirst();
            assertThat(List.of(plan.weights(), plan.mappedWeights(), plan.kvCache(), plan.compute()))
                    .as("%s with %s", file.getFileName(), options)
                    .isEqualTo(List.of(real.weights(), real.mapped(), real.kvCache(), real.compute()));

            // The quick answer never says that something fits that does not.
            MemoryMeter meter = new MemoryMeter(model.pointer(), MemorySegment.NULL, options);
            assertThat(meter.measure(options.contextSize().getAsInt()).parts().getFirst()).isEqualTo(real);
            MemoryLimits tight = limits(real.total() - 1);
            assertThat(tight.plan(meter.measure(context.size()), OptionalInt.empty()).fits()).isFalse();
            assertThat(meter.surelyFits(options.contextSize().getAsInt(), tight))
                    .as("%s with %s in less than it takes", file.getFileName(), options).isFalse();
            assertThat(meter.surelyFits(options.contextSize().getAsInt(), limits(100 * real.total()))).isTrue();
        }
    }

    private static MemoryLimits limits(long maxHost) {
        return new MemoryLimits(new HostMemory(OptionalLong.of(1L << 50), OptionalLong.empty(), 0), OptionalLong.of(maxHost),
                OptionalLong.empty(), 0, true, false);
    }
}
