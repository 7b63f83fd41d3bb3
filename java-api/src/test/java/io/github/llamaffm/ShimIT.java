package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.TestFiles;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What llama.cpp answers with an abort or an exception is an error here, and nothing else is harmed by it. */
class ShimIT {

    @Test
    void abortsAndExceptionsBecomeErrors() {
        LlamaRuntime.instance();
        for (int i = 0; i < 100_000; i++) {
            boolean abort = i % 2 == 0;
            int status = LlamaFfm.lf_self_test(
                    abort ? LlamaFfm.LF_SELF_TEST_ABORT() : LlamaFfm.LF_SELF_TEST_EXCEPTION());
            if (status != (abort ? LlamaFfm.LF_ERROR_ABORT() : LlamaFfm.LF_ERROR_EXCEPTION())) {
                throw new AssertionError("call " + i + " returned " + status);
            }
        }
        assertThat(lastError()).isEqualTo("lf_self_test threw: self-test: exception");

        assertThat(LlamaFfm.lf_self_test(LlamaFfm.LF_SELF_TEST_UNKNOWN())).isEqualTo(LlamaFfm.LF_ERROR_EXCEPTION());
        assertThat(lastError()).contains("unknown type");
        assertThat(LlamaFfm.lf_self_test(LlamaFfm.LF_SELF_TEST_ABORT())).isEqualTo(LlamaFfm.LF_ERROR_ABORT());
        assertThat(lastError()).contains("lf_self_test aborted", "self-test: abort");
    }

    private static String lastError() {
        return NativeStrings.read(LlamaFfm.lf_last_error());
    }

    @Test
    void poisonedContextsHarmNoOther() {
        var options = ContextOptions.builder().contextSize(256).batchSize(32).ubatchSize(32).threads(1).build();
        try (Model model = Model.load(TestFiles.model())) {
            List<Integer> expected = greedy(model, options);
            for (int i = 0; i < 100; i++) {
                // Half of them after a text: then there is a cache to be left half-written.
                poison(model, options, i % 2 == 0);
            }
            assertThat(greedy(model, options)).isEqualTo(expected);
        }
    }

    /** llama.cpp asserts that a batch is not longer than n_batch; {@link Batch} makes sure of it, so this one is made by hand. */
    private static void poison(Model model, ContextOptions options, boolean generateFirst) {
        try (var context = (NativeContext) model.newContext(options)) {
            if (generateFirst) {
                try (Generation generation = context.generate("Hello", GenerateOptions.builder().maxTokens(2).build())) {
                    generation.result();
                }
            }
            var batch = new NativeBatch(context, context.batchSize() + 1, 1);
            var sequence = context.newSequence();
            while (batch.size() < batch.capacity()) {
                batch.add(sequence, 1, false);
            }
            assertThat(context.isPoisoned()).isFalse();
            assertThatThrownBy(() -> context.decode(batch))
                    .isInstanceOfSatisfying(DecodeException.class,
                            e -> assertThat(e.code()).isEqualTo(LlamaFfm.LF_ERROR_ABORT()))
                    .hasMessageContaining("GGML_ASSERT");

            assertThat(context.isPoisoned()).isTrue();
            for (Runnable call : List.<Runnable>of(
                    context::newSequence,
                    () -> context.generate("Hello"),
                    () -> sequence.append(1),
                    () -> context.decode(context.newBatch()))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(PoisonedContextException.class)
                        .hasMessageContaining("GGML_ASSERT");
            }
        }
    }

    private static List<Integer> greedy(Model model, ContextOptions options) {
        try (Context context = model.newContext(options);
                Generation generation = context.generate("The capital of France is",
                        GenerateOptions.builder().maxTokens(16).sampler(SamplerOptions.greedy()).build())) {
            return Arrays.stream(generation.result().tokens()).boxed().toList();
        }
    }
}
