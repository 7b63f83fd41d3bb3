package io.github.llamaffm.support;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;

/** Logits of a short text, for tests that compare two ways to load a model. */
public final class RawLogits {
    private static final ContextOptions SMALL = ContextOptions.builder().contextSize(256).threads(1).build();

    private RawLogits() {
    }

    /** After the last token, in a new context. */
    public static float[] of(Model model, int... tokens) {
        try (Context context = model.newContext(SMALL);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            for (int i = 0; i < tokens.length; i++) {
                batch.add(sequence, tokens[i], i == tokens.length - 1);
            }
            context.decode(batch);
            return context.logits(tokens.length - 1).toArray();
        }
    }
}
