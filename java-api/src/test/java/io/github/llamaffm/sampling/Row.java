package io.github.llamaffm.sampling;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.TestFiles;

/** One row of logits of the default model, to sample from again and again. */
final class Row implements AutoCloseable {
    final Model model = Model.load(TestFiles.model());
    final Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
    final int row;

    Row(String prompt) {
        Sequence sequence = context.newSequence();
        try (Batch batch = context.newBatch()) {
            int last = 0;
            int[] tokens = model.tokenizer().encode(prompt, true, true);
            for (int i = 0; i < tokens.length; i++) {
                last = batch.add(sequence, tokens[i], i == tokens.length - 1);
            }
            row = last;
            context.decode(batch);
        }
    }

    Sampler sampler(SamplerSpec... specs) {
        return model.newSampler(SamplerOptions.of(specs));
    }

    int sample(Sampler sampler) {
        return sampler.sample(context, row);
    }

    int[] sample(Sampler sampler, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = sample(sampler);
        }
        return tokens;
    }

    /** Samples from a chain of its own. */
    int[] sample(int count, SamplerSpec... specs) {
        try (Sampler sampler = sampler(specs)) {
            return sample(sampler, count);
        }
    }

    @Override
    public void close() {
        context.close();
        model.close();
    }
}
