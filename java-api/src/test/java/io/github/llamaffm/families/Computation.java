package io.github.llamaffm.families;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Logits;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RefServer;

/** What {@code ref serve} does, through our API. */
final class Computation {
    private final Model model;
    private final RefServer.Settings settings;
    private final int steps;

    Computation(Model model, RefServer.Settings settings, int steps) {
        this.model = model;
        this.settings = settings;
        this.steps = steps;
    }

    /** The logits of every token of a batch, and then of tokens that each were the most likely one. */
    float[][] decode(int... tokens) {
        try (Context context = newContext(tokens.length); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            return logits(context, sequence, batch, tokens);
        }
    }

    /** The encoder reads the tokens; then the logits of the decoder, from its start token on. */
    float[][] encode(int... tokens) {
        try (Context context = newContext(tokens.length); Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            for (int token : tokens) {
                batch.add(sequence, token, true);
            }
            context.encode(batch);
            batch.clear();
            return logits(context, sequence, batch, model.info().decoderStartToken().orElseThrow());
        }
    }

    private Context newContext(int outputs) {
        return model.newContext(ContextOptions.builder().contextSize(settings.contextSize()).threads(settings.threads())
                .batchSize(settings.batchSize()).ubatchSize(settings.ubatchSize()).maxOutputs(outputs).build());
    }

    private float[][] logits(Context context, Sequence sequence, Batch batch, int... tokens) {
        float[][] rows = new float[tokens.length + steps][];
        for (int token : tokens) {
            batch.add(sequence, token, true);
        }
        context.decode(batch);
        for (int row = 0; row < tokens.length; row++) {
            rows[row] = context.logits(row).toArray();
        }
        Logits last = context.logits(tokens.length - 1);
        for (int step = 0; step < steps; step++) {
            int token = last.argMax();
            batch.clear();
            batch.add(sequence, token, true);
            context.decode(batch);
            last = context.logits(0);
            rows[tokens.length + step] = last.toArray();
        }
        return rows;
    }
}
