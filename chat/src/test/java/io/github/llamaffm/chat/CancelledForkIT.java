package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fork waits for threads that other contexts compute on too, and may be cancelled while it does. */
@Timeout(120)
class CancelledForkIT {

    @TempDir
    private Path folder;

    /** A context that computes all the time, on threads that others want. */
    private static final class Busy implements AutoCloseable {
        private final Context context;
        private final Thread thread;
        private volatile boolean ended;

        Busy(Model model, ThreadPool pool) {
            this.context = model.newContext(options(pool).build());
            this.thread = Thread.ofPlatform().start(() -> {
                int[] tokens = new int[512];
                Arrays.fill(tokens, model.tokenizer().encode("a")[0]);
                while (!ended) {
                    try (Sequence sequence = context.newSequence()) {
                        sequence.append(tokens);
                    }
                }
            });
        }

        @Override
        public void close() {
            ended = true;
            // Whoever closes this may be interrupted, and has to be so afterwards.
            boolean interrupted = Thread.interrupted();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                context.close();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static ContextOptions.Builder options(ThreadPool pool) {
        return ContextOptions.builder().contextSize(1024).threadPool(pool);
    }

    private Model model() {
        return Model.load(TinyModel.mamba().contextSize(1024).writeTo(folder.resolve("m.gguf")));
    }

    /** The conversation is at the checkpoint, and goes on from there. */
    @Test
    void aConversationStaysWholeWhereItGoesBack() {
        try (Model model = model(); ThreadPool pool = ThreadPool.of(1);
                Context context = model.newContext(options(pool).maxSequences(3).build()); Busy _ = new Busy(model, pool)) {
            int[] prompt = model.tokenizer().encode("Where is Quito?");
            CachedConversation conversation = new CachedConversation(context.newSequence());
            conversation.sequence().append(prompt);
            conversation.addCheckpoint(2);
            boolean cancelled = false;
            while (!cancelled) {
                if (conversation.reach(prompt.length) == 0) {
                    conversation.addCheckpoint(2);
                }
                conversation.sequence().append(prompt);
                Thread.currentThread().interrupt();
                try {
                    conversation.goTo(prompt.length);
                } catch (CancelledException _) {
                    cancelled = true;
                } finally {
                    Thread.interrupted();
                }
                assertThat(conversation.sequence().tokens()).isEqualTo(prompt);
            }
            conversation.sequence().append(prompt);
            assertThat(conversation.length()).isEqualTo(2 * prompt.length);
            conversation.close();
        }
    }

    /** It ends as any prompt that is cancelled, and the next one is answered as ever. */
    @Test
    void aCancelWhereACheckpointIsTakenIsNoFailure() {
        try (Model model = model(); ThreadPool pool = ThreadPool.of(1); PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            SingleContext decoding = new SingleContext(model, ChatModelOptions.builder().context(options(pool).build()).build());
            RenderedPrompt prompt = template.render(Asked.talk("Where is Quito?"), AskOptions.defaults());
            try (Busy _ = new Busy(model, pool)) {
                assertThat(run(decoding, prompt, true).reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(run(decoding, prompt, false).tokens()).isEqualTo(Rule.answer(model, prompt.tokens(), 5));
            decoding.close();
        }
    }

    private static DecodeOutcome run(SingleContext decoding, RenderedPrompt prompt, boolean interrupts) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(5).sampler(SamplerOptions.greedy()).build();
        return decoding.run(new DecodeRequest(prompt, options, Deadline.in(Optional.of(Duration.ofSeconds(100))), Optional.empty()), new DecodeListener() {
            @Override
            public void evaluated(int tokens, int total) {
                if (interrupts) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void text(String piece, int tokens) {}
        });
    }
}
