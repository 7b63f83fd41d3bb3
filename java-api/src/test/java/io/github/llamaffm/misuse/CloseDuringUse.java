package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.NativeFrames;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Closes a context, several times at once, while another thread is inside its prefill: the prefill ends early, nothing is
 * freed under it.
 */
final class CloseDuringUse {
    private static final GenerateOptions ONE = GenerateOptions.builder().maxTokens(1).build();

    private CloseDuringUse() {
    }

    static void run(Path file) throws Exception {
        String prompt = "A long prompt, word for word. ".repeat(800);
        try (Model model = Model.load(file)) {
            for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                Context context = model.newContext(ContextOptions.builder().contextSize(8192).threads(1).build());
                var work = new FutureTask<>(() -> {
                    try (Generation generation = context.generate(prompt, ONE)) {
                        return generation.result().reason();
                    }
                });
                builder.start(work);
                NativeFrames.await("lf_decode", work::isDone);

                Thread second = Thread.ofPlatform().start(context::close);
                context.close();
                second.join();

                try {
                    assertThat(work.get()).isEqualTo(FinishReason.CANCELLED);
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
                }
                assertThatIllegalStateException().isThrownBy(context::newSequence);
            }
        }
    }
}
