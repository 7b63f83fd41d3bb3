package io.github.llamaffm.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol of llama-bench: what is in the sequence after it ran. */
class LoopsIT {

    @TempDir
    private static Path folder;

    private static Model model;
    private static Context context;
    private static Sequence sequence;
    private static Batch batch;
    private static RandomTokens tokens;
    private static TokenLoop loop;

    @BeforeAll
    static void open() {
        model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")));
        context = model.newContext(ContextOptions.builder().contextSize(64).batchSize(4).threads(1).build());
        sequence = context.newSequence();
        batch = context.newBatch();
        tokens = new RandomTokens(model.tokenizer());
        loop = new TokenLoop(context, sequence, batch, tokens, true);
    }

    @AfterAll
    static void close() {
        context.close();
        model.close();
    }

    @Test
    void promptsAndGenerationsBeginWithTheVocabulariesFirstToken() {
        sequence.clear();
        loop.prompt(10);
        loop.generate(3);

        int bos = model.tokenizer().bos().orElseThrow();
        assertThat(model.tokenizer().addsBos()).isTrue();
        assertThat(sequence.length()).isEqualTo(13);
        assertThat(sequence.tokens()[0]).isEqualTo(bos);
        assertThat(sequence.tokens()[10]).isEqualTo(bos);
    }

    /** As a test of generation only begins, where a GPU computes. */
    @Test
    void aPromptOfNoTokensWaitsForNothing() {
        try (Context fresh = model.newContext(ContextOptions.builder().contextSize(64).batchSize(4).threads(1).build());
                Sequence first = fresh.newSequence();
                Batch empty = fresh.newBatch()) {
            TokenLoop both = new TokenLoop(fresh, first, empty, tokens, true);
            both.prompt(0);
            both.generate(2);

            assertThat(first.length()).isEqualTo(2);
        }
    }

    @Test
    void aBatchHasOutputOfItsLastTokenOnly() {
        sequence.clear();
        loop.prompt(7);

        assertThat(batch.size()).isEqualTo(3);
        assertThat(batch.hasLogits(0)).isFalse();
        assertThat(batch.hasLogits(1)).isFalse();
        assertThat(batch.hasLogits(2)).isTrue();
    }

    @Test
    void aDepthIsComputedOnceAndRestored() {
        Depth depth = new Depth();
        AtomicInteger computed = new AtomicInteger();
        Runnable compute = () -> {
            computed.incrementAndGet();
            loop.prompt(5);
        };

        depth.fill(sequence, 5, compute);
        int[] first = sequence.tokens();
        loop.generate(2);
        depth.fill(sequence, 5, compute);

        assertThat(sequence.tokens()).isEqualTo(first).hasSize(5);
        assertThat(computed).hasValue(1);
        depth.fill(sequence, 0, compute);
        assertThat(sequence.length()).isZero();
    }

    @Test
    void samplingComputesAsManyTokensAsTheLoopWithoutIt() {
        SampledLoop sampled = new SampledLoop(sequence, tokens, Sampling.GREEDY);
        sequence.clear();

        sampled.run(6, 4);

        // And one that was chosen last.
        assertThat(sequence.length()).isEqualTo(6 + 4 + 1);
        sequence.clear();
        sampled.run(0, 4);
        assertThat(sequence.length()).isEqualTo(1 + 4);
        sequence.clear();
        assertThat(sampled.run(6, 0)).isPositive();
        assertThat(sequence.length()).isEqualTo(6 + 1);
    }
}
