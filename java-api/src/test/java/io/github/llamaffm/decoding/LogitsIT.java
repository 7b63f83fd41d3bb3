package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Logits;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RefServer;
import io.github.llamaffm.testkit.TinyModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logits are those of llama.cpp, bit for bit, and a view of them is over with the next computation. */
class LogitsIT {
    private static final int[] TOKENS = {5, 17, 42, 99, 7, 250, 31};

    @TempDir
    private static Path folder;

    private static Path file;
    private static Model model;

    @BeforeAll
    static void load() {
        file = TinyModel.llama().writeTo(folder.resolve("tiny.gguf"));
        model = Model.load(file);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Context open() {
        return model.newContext(ContextOptions.builder().contextSize(256).batchSize(64).ubatchSize(32).maxSequences(1)
                .maxOutputs(TOKENS.length).threads(1).build());
    }

    private static Batch batch(Context context, Sequence sequence) {
        Batch batch = context.newBatch();
        for (int token : TOKENS) {
            batch.add(sequence, token, true);
        }
        return batch;
    }

    @Test
    void areThoseOfThePlainApi() {
        float[][] expected;
        try (RefServer ref = RefServer.start()) {
            expected = ref.decode(file, new RefServer.Settings(1, 256, 64, 32), 0, TOKENS);
        }
        try (Context context = open(); Sequence sequence = context.newSequence(); Batch batch = batch(context, sequence)) {
            context.decode(batch);

            for (int row = 0; row < TOKENS.length; row++) {
                assertThat(context.logits(row).toArray()).as("row %d", row).isEqualTo(expected[row]);
            }
        }
    }

    @Test
    void areReadInSeveralWays() {
        try (Context context = open(); Sequence sequence = context.newSequence(); Batch batch = batch(context, sequence);
                Sampler greedy = model.newSampler(SamplerOptions.greedy())) {
            context.decode(batch);
            int row = TOKENS.length - 1;
            Logits logits = context.logits(row);
            float[] all = logits.toArray();

            assertThat(all).hasSize(model.info().vocabularySize()).hasSize(logits.size());
            assertThat(logits.get(3)).isEqualTo(all[3]);
            assertThat(logits.argMax()).isEqualTo(greedy.sample(context, row));
            float[] larger = new float[all.length + 1];
            larger[all.length] = 77;
            logits.copyTo(larger);
            assertThat(larger).startsWith(all).endsWith(77);
            MemorySegment segment = logits.unsafeSegment();
            assertThat(segment.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(all);
            assertThat(segment.isReadOnly()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> logits.copyTo(new float[all.length - 1]));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> logits.get(all.length));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> logits.get(-1));
        }
    }

    @Test
    void areOverWithTheNextComputation() {
        List<Consumer<Context>> computations = List.of(
                context -> {
                    try (Sequence sequence = context.newSequence(); Batch batch = batch(context, sequence)) {
                        context.decode(batch);
                    }
                },
                context -> context.generate("Hello").iterator().next(),
                Context::warmUp);
        for (Consumer<Context> computation : computations) {
            try (Context context = open()) {
                Logits logits;
                try (Sequence sequence = context.newSequence(); Batch batch = batch(context, sequence)) {
                    context.decode(batch);
                    logits = context.logits(0);
                }
                assertThat(logits.argMax()).isNotNegative();
                computation.accept(context);
                assertOver(logits);
            }
        }
    }

    @Test
    void areOverWithTheContext() {
        Context context = open();
        Sequence sequence = context.newSequence();
        Batch batch = batch(context, sequence);
        context.decode(batch);
        Logits logits = context.logits(0);
        context.close();

        assertOver(logits);
        assertThatIllegalStateException().isThrownBy(() -> context.logits(0));
    }

    private static void assertOver(Logits logits) {
        List<ThrowingCallable> uses = List.of(logits::size, () -> logits.get(0), logits::toArray, () -> logits.copyTo(new float[9999]),
                logits::argMax, logits::unsafeSegment);
        for (ThrowingCallable use : uses) {
            assertThatIllegalStateException().isThrownBy(use);
        }
    }

    @Test
    void rowsThatHaveNoneAreRefused() {
        try (Context context = open(); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            assertThatIllegalArgumentException().isThrownBy(() -> context.logits(0)).withMessageContaining("decoded nothing");
            batch.add(sequence, 1, false);
            batch.add(sequence, 2, true);
            assertThatIllegalArgumentException().isThrownBy(() -> context.logits(0));
            context.decode(batch);

            for (int row : new int[] {0, 2, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                assertThatIllegalArgumentException().isThrownBy(() -> context.logits(row)).withMessageContaining("row " + row);
            }
            // The rows that count are those that were decoded, whatever the batch holds by now.
            float[] before = context.logits(1).toArray();
            batch.clear();
            batch.add(sequence, 3, true);
            assertThat(context.logits(1).toArray()).isEqualTo(before);
            assertThatIllegalArgumentException().isThrownBy(() -> context.logits(0));

            Cancellation cancelled = Cancellation.create();
            cancelled.cancel();
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> context.decode(batch, cancelled));
            assertThat(context.logits(1).toArray()).as("nothing was computed").isEqualTo(before);
        }
    }
}
