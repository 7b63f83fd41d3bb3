package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.SamplerSpec;
import java.util.ArrayList;
import java.util.List;

/** What models compute, for comparing. */
final class Computed {

    /** Longer than a sliding window of 32 tokens. */
    static final String TEXT = "The river begins in the mountains, where 3 brothers built a mill; it runs through a narrow valley, past the old"
            + " bridge, and then it comes to town. There are two schools, a market and 17 shops.";

    private static final int STEPS = 4;

    private Computed() {}

    /** Logits of each token of a text and of some that follow; of an embedding model the vectors of some texts, as one row. */
    static float[][] rows(Model model) {
        if (model.info().hasEncoder() && !model.info().hasDecoder() || model.info().memoryKind() == MemoryKind.NONE) {
            return embeddings(model);
        }
        int[] tokens = model.tokenizer().encode(TEXT, true, true);
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).batchSize(256).ubatchSize(256)
                .maxOutputs(tokens.length).build());
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            int[] input = tokens;
            if (model.info().hasEncoder()) {
                add(batch, sequence, tokens);
                context.encode(batch);
                batch.clear();
                input = new int[] {model.info().decoderStartToken().orElseThrow()};
            }
            float[][] rows = new float[input.length + STEPS][];
            add(batch, sequence, input);
            context.decode(batch);
            for (int row = 0; row < input.length; row++) {
                rows[row] = context.logits(row).toArray();
            }
            // Always the same tokens: another choice at a near tie would compare what cannot be compared.
            for (int step = 0; step < STEPS; step++) {
                batch.clear();
                batch.add(sequence, tokens[step], true);
                context.decode(batch);
                rows[input.length + step] = context.logits(0).toArray();
            }
            return rows;
        }
    }

    private static void add(Batch batch, Sequence sequence, int... tokens) {
        for (int token : tokens) {
            batch.add(sequence, token, true);
        }
    }

    /** Pooled as the model says. */
    private static float[][] embeddings(Model model) {
        List<String> texts = List.of(TEXT, "A shorter text.", "two schools", "17 shops", "the old bridge", "a mill", "a market", "town");
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).batchSize(256).ubatchSize(256)
                .maxSequences(texts.size()).pooling(Pooling.MODEL).build());
                Batch batch = context.newBatch()) {
            List<Sequence> sequences = new ArrayList<>();
            for (String text : texts) {
                sequences.add(context.newSequence());
                add(batch, sequences.getLast(), model.tokenizer().encode(text, true, true));
            }
            context.decode(batch);
            float[][] vectors = sequences.stream().map(sequence -> context.embedding(sequence).toArray()).toArray(float[][]::new);
            float[] all = new float[vectors.length * vectors[0].length];
            for (int i = 0; i < vectors.length; i++) {
                System.arraycopy(vectors[i], 0, all, i * vectors[i].length, vectors[i].length);
            }
            return new float[][] {all};
        }
    }

    /** The least cosine of two rows. */
    static double cosine(float[][] some, float[][] others) {
        if (some.length != others.length) {
            throw new IllegalStateException(some.length + " rows and " + others.length);
        }
        double least = 1;
        for (int row = 0; row < some.length; row++) {
            least = Math.min(least, cosine(some[row], others[row]));
        }
        return least;
    }

    /** NaN, which is no match, where one is not a number. */
    static double cosine(float[] some, float[] others) {
        double product = 0;
        double ofSome = 0;
        double ofOthers = 0;
        for (int i = 0; i < some.length; i++) {
            product += (double) some[i] * others[i];
            ofSome += (double) some[i] * some[i];
            ofOthers += (double) others[i] * others[i];
        }
        return product / Math.sqrt(ofSome * ofOthers);
    }

    /** Greedy, and never the end. */
    static GenerateOptions.Builder greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens)
                .sampler(SamplerOptions.of(new SamplerSpec.NoEnd(), new SamplerSpec.Greedy()));
    }

    static int[] greedy(Context context, int tokens) {
        try (Generation generation = context.generate(TEXT, greedy(tokens).build())) {
            return generation.result().tokens();
        }
    }

    static int[] greedy(Sequence sequence, int tokens) {
        try (Generation generation = sequence.generate(new int[0], greedy(tokens).build())) {
            return generation.result().tokens();
        }
    }
}
