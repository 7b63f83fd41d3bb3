package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.NativeFrames;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** Runs a virtual thread while another is inside a prefill; both share the only carrier. Argument: a model. */
final class OneCarrier {
    private OneCarrier() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(8192).threads(1).build());
                Generation generation = context.generate("A long prompt, word for word. ".repeat(850))) {
            var prefill = new FutureTask<>(generation::result);
            Thread.startVirtualThread(prefill);
            NativeFrames.await("lf_decode", prefill::isDone);

            var other = new FutureTask<>(() -> "ran");
            Thread.startVirtualThread(other);
            while (!other.isDone()) {
                assertThat(prefill.isDone()).as("the prefill ended first").isFalse();
                Thread.onSpinWait();
            }

            generation.cancel();
            assertThat(prefill.get().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }
}
