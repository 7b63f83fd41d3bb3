package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An abort in the middle of a decode costs one context, not the process. */
class PoisonIT {

    @Test
    void anAbortPoisonsItsContextOnly() {
        try (Model model = Model.load(Path.of(System.getProperty("llamaffm.model")));
                Context other = model.newContext(ContextOptions.builder().contextSize(256).build())) {
            NativeContext context = (NativeContext) model.newContext(
                    ContextOptions.builder().contextSize(256).batchSize(32).build());
            NativeSequence sequence = (NativeSequence) context.newSequence();
            Logits logits = logitsOf(context, sequence);
            assertThat(logits.argMax()).isNotNegative();
            // No batch of the public API has more rows than llama.cpp takes: it aborts.
            NativeBatch batch = new NativeBatch(context, context.batchSize() + 1, 1);
            for (int i = 0; i < batch.capacity(); i++) {
                batch.add(sequence, 1, false);
            }

            assertThatExceptionOfType(DecodeException.class)
                    .isThrownBy(() -> context.decode(batch))
                    .withMessageContaining("GGML_ASSERT")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(LlamaFfm.LF_ERROR_ABORT()));
            assertThat(context.isPoisoned()).isTrue();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(logits::argMax);
            assertThatExceptionOfType(PoisonedContextException.class).isThrownBy(() -> context.logits(0));
            assertThatExceptionOfType(PoisonedContextException.class)
                    .isThrownBy(() -> sequence.append(1))
                    .withMessageContaining("GGML_ASSERT");
            assertThatExceptionOfType(PoisonedContextException.class).isThrownBy(() -> context.generate("Hello"));
            sequence.close();
            context.close();

            assertThat(other.isPoisoned()).isFalse();
            try (Generation generation = other.generate("Hello", GenerateOptions.builder().maxTokens(2).build())) {
                assertThat(generation.result().tokens()).hasSize(2);
            }
        }
    }

    private static Logits logitsOf(Context context, Sequence sequence) {
        try (Batch batch = context.newBatch()) {
            batch.add(sequence, 1, true);
            context.decode(batch);
            return context.logits(0);
        }
    }
}
