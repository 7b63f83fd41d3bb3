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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Counts on one virtual thread while another is inside a prefill; both share the only carrier. Argument: a model. */
final class OneCarrier {
    private OneCarrier() {
    }

    public static void main(String[] arguments) throws Exception {
        var counter = new AtomicLong();
        var stop = new AtomicBoolean();
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(8192).build());
                Generation generation = context.generate("A long prompt, word for word. ".repeat(850))) {
            Thread counting = Thread.startVirtualThread(() -> {
                while (!stop.get()) {
                    counter.incrementAndGet();
                    Thread.yield();
                }
            });
            var prefill = new FutureTask<>(generation::result);
            Thread.startVirtualThread(prefill);
            NativeFrames.await("lf_decode", prefill::isDone);

            long seen = counter.get();
            while (counter.get() < seen + 1000) {
                assertThat(prefill.isDone()).as("the prefill ended first, with %d counted", counter.get() - seen).isFalse();
                Thread.onSpinWait();
            }
            generation.cancel();
            assertThat(prefill.get().reason()).isEqualTo(FinishReason.CANCELLED);
            stop.set(true);
            counting.join();
        }
    }
}
