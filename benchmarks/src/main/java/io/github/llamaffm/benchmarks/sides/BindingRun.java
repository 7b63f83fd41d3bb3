package io.github.llamaffm.benchmarks.sides;

/** What each binding is asked for, of one that streams: the time to the first token, and tokens greedily and sampled. */
final class BindingRun {

    /** Continues the prompt of the job. */
    @FunctionalInterface
    interface Stream {

        /** @param each called for each piece that comes */
        void generate(int tokens, boolean greedy, Runnable each);
    }

    private long first;
    private long last;

    private BindingRun() {}

    static void run(Job job, Stream stream) {
        new BindingRun().measure(job, stream);
    }

    private void measure(Job job, Stream stream) {
        stream(stream, 1, true); // warms up
        Result.print("first", stream(stream, 1, true));
        stream(stream, job.n(), true);
        Result.print("greedy", perToken(job));
        stream(stream, job.n(), false);
        Result.print("sampled", perToken(job));
    }

    /** The nanoseconds to the first piece. */
    private double stream(Stream stream, int tokens, boolean greedy) {
        first = 0;
        long start = System.nanoTime();
        stream.generate(tokens, greedy, () -> {
            last = System.nanoTime();
            first = first == 0 ? last : first;
        });
        if (first == 0) {
            throw new IllegalStateException("nothing was generated");
        }
        return first - start;
    }

    /** By the time from the first piece to the last: parts of characters may have come together with others. */
    private double perToken(Job job) {
        return (double) (last - first) / (job.n() - 1);
    }
}
