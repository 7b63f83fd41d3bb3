package io.github.llamaffm.benchmarks.calls;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Single calls as a program makes them that has its own loop. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallBenchmarks {

    /** See {@link Call#DECODE}. */
    @Benchmark
    public void decode(Opened.Fresh opened) {
        opened.decodeOne();
    }

    /** See {@link Call#BATCH_ADD}. */
    @Benchmark
    public int batchAdd(Opened.Decoded opened) {
        if (opened.batch.size() == Opened.BATCH) {
            opened.batch.clear();
        }
        return opened.batch.add(opened.sequence, Opened.TOKEN, opened.batch.size() == 0);
    }

    /** See {@link Call#LOGITS_ROW}. */
    @Benchmark
    public float logitsRow(Opened.Decoded opened) {
        return opened.context.logits(0).get(Opened.TOKEN);
    }

    /** See {@link Call#SAMPLE_GREEDY}. */
    @Benchmark
    public int sampleGreedy(Opened.Decoded opened) {
        return opened.greedy.sample(opened.context, 0);
    }

    /** See {@link Call#SAMPLE_DEFAULT}. */
    @Benchmark
    public int sampleDefault(Opened.Decoded opened) {
        return opened.chain.sample(opened.context, 0);
    }

    /** See {@link Call#ACCEPT}. */
    @Benchmark
    public void accept(Opened.Fresh opened) {
        opened.chain.accept(Opened.TOKEN);
    }

    /** See {@link Call#PIECE}. */
    @Benchmark
    public int piece(Opened.Fresh opened) {
        return opened.model.tokenizer().piece('a', opened.piece);
    }

    /** See {@link Call#TOKENIZE}. */
    @Benchmark
    public int[] tokenize(Opened.Fresh opened) {
        return opened.model.tokenizer().encode(Opened.TEXT, true, false);
    }
}
