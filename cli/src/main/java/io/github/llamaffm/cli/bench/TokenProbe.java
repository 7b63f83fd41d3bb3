package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;
import java.util.Optional;

/** Measures as llama-bench does, and the same with sampling. */
final class TokenProbe implements Probe<Case.OfTokens, TokenResult> {

    private final boolean awaits;
    private final Depth depth = new Depth();

    /** @param awaits whether a decode may return before it is computed */
    TokenProbe(boolean awaits) {
        this.awaits = awaits;
    }

    @Override
    public TokenResult measure(Case.OfTokens test, Context context, Steps steps) {
        Facts facts = Facts.of(context);
        RandomTokens tokens = new RandomTokens(context.model().tokenizer());
        try (Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            TokenLoop loop = new TokenLoop(context, sequence, batch, tokens, awaits);
            SampledLoop sampled = new SampledLoop(sequence, tokens, test.sampling());
            long[] nanos = new long[steps.repetitions()];
            long[] firstToken = new long[nanos.length];
            long[] heapBytes = new long[nanos.length];
            steps.warmUp();
            WarmUp.run(() -> {
                sequence.clear();
                run(test, Math.min(test.generated(), 1), loop, sampled);
            });
            for (int i = 0; i < nanos.length; i++) {
                steps.repetition();
                depth.fill(sequence, test.depth(), () -> loop.prompt(test.depth()));
                long allocated = HeapMeter.allocated();
                long start = System.nanoTime();
                firstToken[i] = run(test, test.generated(), loop, sampled);
                nanos[i] = System.nanoTime() - start;
                heapBytes[i] = HeapMeter.allocated() - allocated;
            }
            return new TokenResult(test, facts, Samples.of(nanos),
                    test.sampling() == Sampling.NONE || test.prompt() == 0 ? Optional.empty() : Optional.of(Samples.of(firstToken)),
                    Samples.of(heapBytes));
        }
    }

    /** @return nanoseconds until the first token was chosen; 0 where none is */
    private static long run(Case.OfTokens test, int generated, TokenLoop loop, SampledLoop sampled) {
        if (test.sampling() != Sampling.NONE) {
            return sampled.run(test.prompt(), generated);
        }
        loop.prompt(test.prompt());
        loop.generate(generated);
        return 0;
    }
}
