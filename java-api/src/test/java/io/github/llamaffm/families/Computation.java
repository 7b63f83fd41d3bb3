package io.github.llamaffm.families;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Logits;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RefServer;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code ref serve} does, through our API.
 *
 * @param memory of the context that computed
 * @param steps  tokens after the prompt: none where nothing is kept of it
 * @param rows   of logits, those of the prompt and then of the steps; or of embeddings, one for each sequence
 */
record Computation(MemoryKind memory, int steps, float[][] rows) {

    /** The logits of every token of a batch, and then of tokens that each were the most likely one. */
    static Computation decode(Model model, RefServer.Settings settings, int steps, int... tokens) {
        try (Context context = newContext(model, settings, tokens.length);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            return compute(context, sequence, batch, steps, tokens);
        }
    }

    /** The encoder reads the tokens; then the logits of the decoder, from its start token on. */
    static Computation encode(Model model, RefServer.Settings settings, int steps, int... tokens) {
        try (Context context = newContext(model, settings, tokens.length);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            for (int token : tokens) {
                batch.add(sequence, token, true);
            }
            context.encode(batch);
            batch.clear();
            return compute(context, sequence, batch, steps, model.info().decoderStartToken().orElseThrow());
        }
    }

    /** The embeddings of sequences in one batch, pooled as the model says. */
    static Computation embed(Model model, RefServer.Settings settings, int[]... texts) {
        try (Context context = model.newContext(ContextOptions.builder().contextSize(settings.contextSize()).threads(settings.threads())
                .batchSize(settings.batchSize()).ubatchSize(settings.ubatchSize()).maxSequences(texts.length)
                .pooling(Pooling.MODEL).build()); Batch batch = context.newBatch()) {
            List<Sequence> sequences = new ArrayList<>();
            for (int[] text : texts) {
                Sequence sequence = context.newSequence();
                sequences.add(sequence);
                for (int token : text) {
                    batch.add(sequence, token, true);
                }
            }
            context.decode(batch);
            float[][] rows = sequences.stream().map(sequence -> context.embedding(sequence).toArray()).toArray(float[][]::new);
            return new Computation(context.kvCache().kind(), 0, rows);
        }
    }

    private static Context newContext(Model model, RefServer.Settings settings, int outputs) {
        return model.newContext(ContextOptions.builder().contextSize(settings.contextSize()).threads(settings.threads())
                .batchSize(settings.batchSize()).ubatchSize(settings.ubatchSize()).maxOutputs(outputs).build());
    }

    private static Computation compute(Context context, Sequence sequence, Batch batch, int steps, int... tokens) {
        MemoryKind memory = context.kvCache().kind();
        int following = memory == MemoryKind.NONE ? 0 : steps;
        float[][] rows = new float[tokens.length + following][];
        for (int token : tokens) {
            batch.add(sequence, token, true);
        }
        context.decode(batch);
        for (int row = 0; row < tokens.length; row++) {
            rows[row] = context.logits(row).toArray();
        }
        Logits last = context.logits(tokens.length - 1);
        for (int step = 0; step < following; step++) {
            int token = last.argMax();
            batch.clear();
            batch.add(sequence, token, true);
            context.decode(batch);
            last = context.logits(0);
            rows[tokens.length + step] = last.toArray();
        }
        return new Computation(memory, following, rows);
    }
}
