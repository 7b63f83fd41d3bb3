package io.github.llamaffm.support;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Sequence;

/** Tokens decoded one by one, with the logits after each of them. */
public final class Rows {

    private Rows() {}

    /** Feeds the tokens to the sequence. */
    public static float[][] of(Sequence sequence, int... tokens) {
        float[][] rows = new float[tokens.length][];
        try (Batch batch = sequence.context().newBatch()) {
            for (int i = 0; i < tokens.length; i++) {
                batch.clear();
                int row = batch.add(sequence, tokens[i], true);
                sequence.context().decode(batch);
                rows[i] = sequence.context().logits(row).toArray();
            }
        }
        return rows;
    }

    /** Feeds one token. */
    public static float[] next(Sequence sequence, int token) {
        return of(sequence, token)[0];
    }
}
