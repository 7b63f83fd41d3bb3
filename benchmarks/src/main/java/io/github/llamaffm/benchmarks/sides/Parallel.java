package io.github.llamaffm.benchmarks.sides;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What llama-batched-bench does: prompts of the same length, then a token for each sequence in every decode, none sampled. */
final class Parallel {

    static final int SEQUENCES = 8;

    private Parallel() {}

    static void run(Job job) {
        int size = 2 * job.n() * SEQUENCES;
        ContextOptions options = ContextOptions.builder().contextSize(size).maxSequences(SEQUENCES).maxOutputs(SEQUENCES)
                .unifiedCache(false).threads(job.threads()).build();
        try (Model model = Model.load(job.model()); Context context = model.newContext(options); Batch batch = context.newBatch()) {
            context.warmUp();
            Random random = new Random(1);
            int vocabulary = model.tokenizer().size();
            List<Sequence> sequences = Stream.generate(context::newSequence).limit(SEQUENCES).toList();
            for (Sequence sequence : sequences) {
                sequence.append(random.ints(job.n(), 0, vocabulary).toArray());
            }
            double cpu = Result.cpu("self");
            long start = System.nanoTime();
            for (int i = 0; i < job.n(); i++) {
                batch.clear();
                for (Sequence sequence : sequences) {
                    batch.add(sequence, random.nextInt(vocabulary), true);
                }
                context.decode(batch);
            }
            double time = System.nanoTime() - start;
            double tokens = (double) job.n() * SEQUENCES;
            Result.print("parallel", time / tokens, (Result.cpu("self") - cpu) / tokens);
        }
    }
}
