package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.ConcurrentUseException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.NativeFrames;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Uses a context while another thread is inside its prefill; that thread goes on unharmed. */
final class UseByTwoThreads {
    private static final GenerateOptions FEW =
            GenerateOptions.builder().maxTokens(4).sampler(SamplerOptions.greedy()).build();

    private UseByTwoThreads() {
    }

    static void run(Path file) throws Exception {
        String prompt = "A long prompt, word for word. ".repeat(48);
        var options = ContextOptions.builder().contextSize(512).maxSequences(2).threads(1).build();
        try (Model model = Model.load(file);
                Context context = model.newContext(options);
                Context other = model.newContext(options);
                Generation undisturbed = other.generate(prompt, FEW)) {
            for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                var work = new FutureTask<>(() -> {
                    try (Generation generation = context.generate(prompt, FEW)) {
                        return generation.result();
                    }
                });
                builder.start(work);
                NativeFrames.await("lf_decode", work::isDone);
                assertThatThrownBy(() -> context.generate("Hello", FEW).result()).isInstanceOf(ConcurrentUseException.class);
                assertThatThrownBy(() -> context.newSequence().append("Hello")).isInstanceOf(ConcurrentUseException.class);
                assertThat(work.isDone()).isFalse();

                GenerationResult result = work.get();
                assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
                assertThat(result.tokens()).isEqualTo(undisturbed.result().tokens());
            }
        }
    }
}
