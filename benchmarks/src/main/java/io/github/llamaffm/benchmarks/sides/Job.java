package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * What a driver is asked to do.
 *
 * @param n tokens or repetitions
 * @param text of a prompt, or what is tokenised
 */
record Job(String command, Path model, int threads, int n, String text) {

    static Job parse(String... args) {
        if (args.length != 5) {
            throw new IllegalArgumentException("usage: COMMAND MODEL THREADS N FILE");
        }
        return new Job(args[0], Path.of(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]), Resources.read(Path.of(args[4])));
    }

    /** The median of {@code n} times in nanoseconds; twice as often before them, while the JVM compiles what they run through. */
    void median(String what, Runnable run) {
        median(what, () -> {
            long start = System.nanoTime();
            run.run();
            return System.nanoTime() - start;
        });
    }

    /** The median of {@code n} values; twice as often before them, while the JVM compiles what they run through. */
    void median(String what, DoubleSupplier run) {
        for (int i = 0; i < 2 * n; i++) {
            run.getAsDouble();
        }
        double cpu = Result.cpu("self");
        double[] values = IntStream.range(0, n).mapToDouble(_ -> run.getAsDouble()).toArray();
        Result.print(what, Statistics.median(values), (Result.cpu("self") - cpu) / n);
    }
}
