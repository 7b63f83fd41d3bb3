package io.github.llamaffm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole answer that a virtual thread asks for is computed in one call of another thread: it ends in between all the same. */
class VirtualThreadResultIT {

    private static final int TOKENS = 40;
    private static final int LAST = 3;

    private static Model model;
    private Context context;

    @BeforeAll
    static void load() {
        model = Model.load(Path.of(System.getProperty("llamaffm.model")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @BeforeEach
    void open() {
        context = model.newContext(ContextOptions.builder().contextSize(256).build());
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void endsWhereItIsCancelledBetweenTokens() throws Exception {
        Cancellation cancellation = Cancellation.create();

        GenerationResult result = result(cancellation::cancel, cancellation);

        assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(result.tokens()).hasSize(LAST);
        goesOn();
    }

    @Test
    void endsWhereItsThreadIsInterruptedBetweenTokens() throws Exception {
        Thread[] asking = new Thread[1];

        GenerationResult result = result(() -> asking[0].interrupt(), Cancellation.create(), asking);

        assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(result.tokens()).hasSizeBetween(LAST, TOKENS - 1);
        goesOn();
    }

    @Test
    void throwsWhatASamplerThrowsBetweenTokens() throws Exception {
        assertThatThrownBy(() -> result(() -> {
            throw new IllegalStateException("third");
        }, Cancellation.create())).hasStackTraceContaining("third");
        goesOn();
    }

    private void goesOn() throws Exception {
        assertThat(result(() -> {}, Cancellation.create()).reason()).isEqualTo(FinishReason.LENGTH);
    }

    private GenerationResult result(Runnable third, Cancellation cancellation) throws Exception {
        return result(third, cancellation, new Thread[1]);
    }

    /** @param third is run while the third token is chosen */
    private GenerationResult result(Runnable third, Cancellation cancellation, Thread[] asking) throws Exception {
        FutureTask<GenerationResult> task = new FutureTask<>(() -> {
            asking[0] = Thread.currentThread();
            SamplerOptions sampler = new SamplerOptions(List.of(new SamplerSpec.Custom(() -> new AtThird(third)),
                    new SamplerSpec.NoEnd(), new SamplerSpec.Greedy()));
            GenerateOptions options =
                    GenerateOptions.builder().maxTokens(TOKENS).sampler(sampler).cancellation(cancellation).build();
            try (Generation generation = context.generate("The capital of France is", options)) {
                return generation.result();
            }
        });
        Thread.ofVirtual().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    /** Leaves the candidates as they are. */
    private static final class AtThird implements CandidateSampler {
        private final Runnable third;
        private int sampled;

        AtThird(Runnable third) {
            this.third = third;
        }

        @Override
        public void apply(Candidates candidates) {
            if (++sampled == LAST) {
                third.run();
            }
        }
    }
}
