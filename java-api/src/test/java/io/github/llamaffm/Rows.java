package io.github.llamaffm;

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
                rows[i] = sequence.context().logits(row).toArray();
            }
        }
        return rows;
    }
}
