package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Attention;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.UnsupportedMemoryException;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention that sees what comes after, from the start of a context and for a while. */
class AttentionIT {
    private static final int[] FIRST = {5, 17, 42};
    private static final int[] OTHER_END = {5, 17, 99};

    @TempDir
    private static Path folder;

    private static ContextOptions.Builder options() {
        return ContextOptions.builder().contextSize(256).batchSize(64).ubatchSize(32).maxOutputs(8).threads(1);
    }

    /** The logits of the first row. */
    private static float[] first(Context context, int... tokens) {
        try (Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            for (int token : tokens) {
                batch.add(sequence, token, true);
            }
            context.decode(batch);
            return context.logits(0).toArray();
        }
    }

    @Test
    void changesWithTheNextDecode() {
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
                Context context = model.newContext(options().build());
                Context nonCausal = model.newContext(options().attention(Attention.NON_CAUSAL).build())) {
            assertThat(context.attention()).isEqualTo(Attention.CAUSAL);
            assertThat(nonCausal.attention()).isEqualTo(Attention.NON_CAUSAL);
            float[] causal = first(context, FIRST);
            assertThat(first(context, OTHER_END)).isEqualTo(causal);

            context.attention(Attention.NON_CAUSAL);
            float[] seesAll = first(context, FIRST);
            assertThat(seesAll).isNotEqualTo(causal).isEqualTo(first(nonCausal, FIRST));
            assertThat(first(context, OTHER_END)).isNotEqualTo(seesAll);

            context.attention(Attention.MODEL);
            assertThat(context.attention()).isEqualTo(Attention.CAUSAL);
            assertThat(first(context, FIRST)).isEqualTo(causal);
        }
    }

    @Test
    void aBatchIsOneUbatch() {
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
                Context context = model.newContext(options().build());
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            for (int i = 0; i < 33; i++) {
                batch.add(sequence, i, false);
            }
            context.attention(Attention.NON_CAUSAL);
            assertThatIllegalArgumentException().isThrownBy(() -> context.decode(batch)).withMessageContaining("33 rows");
            assertThatIllegalArgumentException().isThrownBy(() -> sequence.append(new int[33]));
            sequence.append(new int[32]);
            context.attention(Attention.CAUSAL);
            sequence.clear();
            context.decode(batch);
            assertThat(sequence.length()).isEqualTo(33);
        }
    }

    @Test
    void aStateHasAnOrder() {
        try (Model model = Model.load(TinyModel.mamba().writeTo(folder.resolve("mamba.gguf")));
                Context context = model.newContext(options().build())) {
            assertThatExceptionOfType(UnsupportedMemoryException.class)
                    .isThrownBy(() -> context.attention(Attention.NON_CAUSAL))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(MemoryKind.RECURRENT));
        }
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
                Context context = model.newContext(options().maxSequences(2).unifiedCache(false).build())) {
            assertThatIllegalStateException().isThrownBy(() -> context.attention(Attention.NON_CAUSAL));
        }
    }
}
