package io.github.llamaffm.benchmarks.calls;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** Whole answers, as a program streams them; figures are those of one token. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBenchmarks {

    /** See {@link Call#TOKEN_GREEDY}. */
    @Benchmark
    @OperationsPerInvocation(Opened.ANSWER)
    public void tokenGreedy(Opened.Fresh opened, Blackhole blackhole) {
        generate(opened, opened.greedyAnswer, blackhole);
    }

    /** See {@link Call#TOKEN_DEFAULT}. */
    @Benchmark
    @OperationsPerInvocation(Opened.ANSWER)
    public void tokenDefault(Opened.Fresh opened, Blackhole blackhole) {
        generate(opened, opened.defaultAnswer, blackhole);
    }

    /** See {@link Call#TOKEN_VIRTUAL}. */
    @Benchmark
    @OperationsPerInvocation(Opened.ANSWER)
    public void tokenVirtual(Opened.Fresh opened, Blackhole blackhole) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor.submit(() -> generate(opened, opened.greedyAnswer, blackhole)).get();
        }
    }

    /** See {@link Call#TOKEN_VIRTUAL_WHOLE}. */
    @Benchmark
    @OperationsPerInvocation(Opened.ANSWER)
    public void tokenVirtualWhole(Opened.Fresh opened) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor.submit(() -> {
                try (Generation generation = opened.context.generate(opened.prompt, opened.greedyAnswer)) {
                    requireWhole(generation.result());
                }
            }).get();
        }
    }

    private static void generate(Opened opened, GenerateOptions options, Blackhole blackhole) {
        try (Generation generation = opened.context.generate(opened.prompt, options)) {
            for (String piece : generation) {
                blackhole.consume(piece);
            }
            requireWhole(generation.result());
        }
    }

    private static void requireWhole(GenerationResult result) {
        if (result.reason() != FinishReason.LENGTH || result.tokens().length != Opened.ANSWER) {
            throw new IllegalStateException("the answer ended after %d of %d tokens: %s"
                    .formatted(result.tokens().length, Opened.ANSWER, result.reason()));
        }
    }
}
