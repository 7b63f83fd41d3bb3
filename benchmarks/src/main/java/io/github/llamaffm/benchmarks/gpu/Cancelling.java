package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.benchmarks.sides.Statistics;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Another thread cancels a long prefill. A backend that is not asked in the middle of a graph ends the one it computes, and
 * at most the one that was handed to it.
 */
final class Cancelling {

    private static final int UBATCH = 512;
    private static final int MOMENTS = 10;

    /** For what is not computing: waking up, and taking the cells back. */
    private static final double REST = 5e6;

    private Cancelling() {}

    static void run(Setup setup, Findings findings) throws InterruptedException {
        try (Model model = Model.load(setup.model(), setup.onGpu())) {
            int ubatches = model.info().trainedContextSize() / UBATCH - 1;
            try (Context context = model.newContext(ContextOptions.builder().contextSize(model.info().trainedContextSize())
                    .batchSize(ubatches * UBATCH).ubatchSize(UBATCH).build());
                    Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
                int[] expected = undisturbed(sequence);
                double whole = Statistics.median(IntStream.range(0, 4).mapToDouble(_ -> prefill(sequence, batch)).skip(1).toArray());
                double[] after = DoubleStream.iterate(1, moment -> moment <= MOMENTS, moment -> moment + 1)
                        .map(moment -> cancelled(sequence, batch, (long) (whole * moment / (MOMENTS + 1))))
                        .filter(nanos -> nanos >= 0).toArray();
                findings.judge(after.length > 0, "a prefill of " + ubatches * UBATCH + " tokens, cancelled by another thread",
                        "%d of %d times before its end", after.length, MOMENTS);
                double ubatch = whole / ubatches;
                double most = Arrays.stream(after).max().orElse(0);
                String figures = Finding.text("at most %.1f ms, median %.1f ms; a ubatch of %d tokens takes %.1f ms, all of them %.1f ms",
                        most / 1e6, after.length == 0 ? 0 : Statistics.median(after) / 1e6, UBATCH, ubatch / 1e6, whole / 1e6);
                if (setup.rpc().isEmpty()) {
                    findings.judge(after.length > 0 && most <= 2 * ubatch + REST, "until the device is idle: the rest of a ubatch and one more",
                            "%s", figures);
                } else {
                    findings.notJudged("until the device is idle", "%s", figures);
                }
                int[] again = undisturbed(sequence);
                findings.judge(Arrays.equals(expected, again), "the context afterwards", "%s", Functions.same(expected, again));
            }
        }
    }

    private static int[] undisturbed(Sequence sequence) {
        sequence.clear();
        sequence.append(Computed.TEXT);
        int[] tokens = Computed.greedy(sequence, 16);
        sequence.clear();
        return tokens;
    }

    private static void fill(Sequence sequence, Batch batch) {
        batch.clear();
        int size = sequence.context().model().tokenizer().size();
        int[] tokens = new Random(1).ints(batch.capacity(), 0, size).toArray();
        for (int i = 0; i < tokens.length; i++) {
            batch.add(sequence, tokens[i], i == tokens.length - 1);
        }
    }

    /** In nanoseconds, until the device has done it. */
    private static double prefill(Sequence sequence, Batch batch) {
        fill(sequence, batch);
        long start = System.nanoTime();
        sequence.context().decode(batch);
        sequence.context().perf(); // waits for the device
        long end = System.nanoTime();
        sequence.clear();
        return end - start;
    }

    /** Nanoseconds from the cancelling until the device is idle; -1 where the prefill had ended before. */
    private static double cancelled(Sequence sequence, Batch batch, long moment) {
        fill(sequence, batch);
        Cancellation cancellation = Cancellation.create();
        long[] at = new long[1];
        long start = System.nanoTime();
        Thread canceller = Thread.ofPlatform().start(() -> {
            while (System.nanoTime() - start < moment) {
                Thread.onSpinWait();
            }
            at[0] = System.nanoTime();
            cancellation.cancel();
        });
        boolean cancelled = false;
        try {
            sequence.context().decode(batch, cancellation);
        } catch (CancelledException _) {
            cancelled = true;
        }
        sequence.context().perf();
        long end = System.nanoTime();
        join(canceller);
        boolean nothing = sequence.length() == 0;
        sequence.clear();
        if (cancelled && !nothing) {
            throw new IllegalStateException("a cancelled decode left tokens in its sequence");
        }
        return cancelled ? end - at[0] : -1;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
