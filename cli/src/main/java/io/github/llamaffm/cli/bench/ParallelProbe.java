package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;
import java.util.List;
import java.util.stream.Stream;

/** Measures as llama-batched-bench does: prompts of several sequences, then a token of each in every batch. */
final class ParallelProbe implements Probe<Case.OfSequences, ParallelResult> {

    /** As many as llama-batched-bench takes. */
    private static final int WARM_UP_TOKENS = 16;

    private final boolean awaits;

    /** @param awaits whether a decode may return before it is computed */
    ParallelProbe(boolean awaits) {
        this.awaits = awaits;
    }

    @Override
    public ParallelResult measure(Case.OfSequences test, Context context, Steps steps) {
        Facts facts = Facts.of(context);
        RandomTokens tokens = new RandomTokens(context.model().tokenizer());
        List<Sequence> sequences = Stream.generate(context::newSequence).limit(test.sequences()).toList();
        try (Batch batch = context.newBatch()) {
            Rows rows = new Rows(context, batch, tokens, awaits);
            steps.warmUp();
            List<Sequence> first = sequences.subList(0, 1);
            int prompt = Math.min(WARM_UP_TOKENS, test.prompt());
            WarmUp.run(() -> {
                first.getFirst().clear();
                rows.prompts(first, tokens.some(prompt));
                rows.generate(first, Math.min(test.generated(), 1));
            });
            long[] promptNanos = new long[steps.repetitions()];
            long[] generationNanos = new long[promptNanos.length];
            long[] heapBytes = new long[promptNanos.length];
            for (int i = 0; i < promptNanos.length; i++) {
                steps.repetition();
                sequences.forEach(Sequence::clear);
                int[] prompts = tokens.some(sequences.size() * test.prompt());
                long start = System.nanoTime();
                rows.prompts(sequences, prompts);
                long middle = System.nanoTime();
                long allocated = HeapMeter.allocated();
                rows.generate(sequences, test.generated());
                heapBytes[i] = HeapMeter.allocated() - allocated;
                generationNanos[i] = System.nanoTime() - middle;
                promptNanos[i] = middle - start;
            }
            return new ParallelResult(test, facts, Samples.of(promptNanos), Samples.of(generationNanos), Samples.of(heapBytes));
        }
    }

    /** A batch that is filled and computed. */
    private record Rows(Context context, Batch batch, RandomTokens tokens, boolean awaits) {

        /** One after the other, in batches as large as may be; each prompt with output of its last token. */
        private void prompts(List<Sequence> sequences, int[] prompts) {
            int length = prompts.length / sequences.size();
            batch.clear();
            for (int i = 0; i < prompts.length; i++) {
                add(sequences.get(i / length), prompts[i], i % length == length - 1);
            }
            compute();
        }

        private void generate(List<Sequence> sequences, int length) {
            for (int i = 0; i < length; i++) {
                batch.clear();
                for (int j = 0; j < sequences.size(); j++) {
                    add(sequences.get(j), tokens.next(), true);
                }
                compute();
            }
        }

        private void add(Sequence sequence, int token, boolean output) {
            if (batch.size() == batch.capacity()) {
                context.decode(batch);
                batch.clear();
            }
            batch.add(sequence, token, output);
        }

        /** Computes what is left, and waits for it as llama_synchronize does. */
        private void compute() {
            if (batch.size() > 0) {
                context.decode(batch);
                if (awaits && batch.hasLogits(batch.size() - 1)) {
                    context.logits(batch.size() - 1);
                }
            }
        }
    }
}
