package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.ValueLayout;

/** Tokens decoded one by one, with the logits after each of them. */
final class Rows {

    private Rows() {}

    /** Feeds the tokens to the sequence. */
    static float[][] of(Sequence sequence, int... tokens) {
        float[][] rows = new float[tokens.length][];
        try (Batch batch = sequence.context().newBatch()) {
            for (int i = 0; i < tokens.length; i++) {
                batch.clear();
                int row = batch.add(sequence, tokens[i], true);
                sequence.context().decode(batch);
                rows[i] = logits(sequence.context(), row);
            }
        }
        return rows;
    }

    private static float[] logits(Context context, int row) {
        NativeContext nativeContext = (NativeContext) context;
        long bytes = (long) context.model().info().vocabularySize() * Float.BYTES;
        return nativeContext.call(() -> Pointers.view(
                LlamaFfm.llama_get_logits_ith(nativeContext.pointer(), row), bytes).toArray(ValueLayout.JAVA_FLOAT), () -> {});
    }
}
