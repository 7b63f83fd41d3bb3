package io.github.llamaffm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.ConcurrentUseException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What random operations have found, each with as few calls as it takes. */
class FoundIT {
    private static ContextOptions.Builder small() {
        return ContextOptions.builder().contextSize(64).threads(1);
    }

    @TempDir
    private static Path folder;

    private static Model load(TinyModel model) {
        return Model.load(model.writeTo(folder.resolve(model.name() + ".gguf")));
    }

    /** "removing tokens failed: the model has no memory", as a DecodeException. */
    @Test
    void aModelThatKeepsNothingCanClearItsSequences() {
        try (Model model = load(TinyModel.bert());
                Context context = model.newContext(small().maxSequences(2).pooling(Pooling.NONE).build());
                Sequence one = context.newSequence();
                Sequence other = context.newSequence();
                Batch batch = context.newBatch()) {
            batch.add(one, 5, true);
            context.encode(batch);

            one.keepOnly();
            other.clear();
            one.truncate(0);

            assertThat(one.length()).isZero();
        }
    }

    /** GGML_ASSERT(n_outputs_max <= cparams.n_outputs_max). */
    @ParameterizedTest
    @CsvSource({"64, 1", "1, 107"})
    void anEncoderTakesMoreSequencesThanRowsOfABatch(int contextSize, int batchSize) {
        try (Model model = load(TinyModel.t5());
                Context context = model.newContext(small().contextSize(contextSize).batchSize(batchSize).maxSequences(3).build())) {
            assertThat(context.batchSize()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                context.newSequence();
            }
        }
    }

    /** The same, for contexts whose rows are all outputs. */
    @ParameterizedTest
    @EnumSource(names = {"NONE", "MEAN"})
    void embeddingsTakeMoreSequencesThanRowsOfABatch(Pooling pooling) {
        try (Model model = load(TinyModel.llama());
                Context context = model.newContext(small().batchSize(1).maxSequences(3).pooling(pooling).build());
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            batch.add(sequence, 5, true);
            context.decode(batch);
            assertThat(pooling == Pooling.NONE ? context.embedding(0).size() : context.embedding(sequence).size()).isEqualTo(64);
        }
    }

    /** Cleared by another thread while it is computed, a batch left the cache with tokens that its sequences did not know of. */
    @Test
    void nobodyClearsABatchOfAContextThatIsInUse() throws Exception {
        var inside = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        SamplerSpec waits = new SamplerSpec.Custom(() -> candidates -> {
            inside.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        var options = GenerateOptions.builder().maxTokens(1).sampler(SamplerOptions.of(waits, new SamplerSpec.Greedy())).build();
        try (Model model = load(TinyModel.llama());
                Context context = model.newContext(small().maxSequences(2).build());
                Batch batch = context.newBatch();
                Sequence sequence = context.newSequence()) {
            batch.add(sequence, 5, true);
            Thread other = Thread.ofPlatform().start(() -> context.generate("Hello", options).result());
            inside.await();
            try {
                assertThatExceptionOfType(ConcurrentUseException.class).isThrownBy(batch::clear);
                assertThat(batch.size()).isEqualTo(1);
            } finally {
                done.countDown();
                other.join();
            }
            batch.clear();
            assertThat(batch.size()).isZero();
        }
    }

    /** "realloc(): invalid pointer", some time after the first decode: llama.cpp wrote past the end of a buffer. */
    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "IQ4_NL"})
    void theDecoderBehindAnEncoderTakesNoQuantisedValues(KvType type) {
        try (Model model = load(TinyModel.t5())) {
            ContextOptions options = small().valueType(type).build();
            assertThatIllegalArgumentException().isThrownBy(() -> model.newContext(options)).withMessageContaining(type.name());
            model.newContext(small().keyType(type).build()).close();
        }
    }
}
