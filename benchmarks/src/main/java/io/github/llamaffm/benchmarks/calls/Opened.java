package io.github.llamaffm.benchmarks.calls;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A tiny model and what is opened of it; calls.c has the same numbers. */
public abstract class Opened {

    /** Nothing is decoded yet. */
    @State(Scope.Thread)
    public static class Fresh extends Opened {

        /** Makes everything. */
        @Setup
        public void setUp() {
            open();
        }
    }

    /** One row of logits is there. */
    @State(Scope.Thread)
    public static class Decoded extends Opened {

        /** Makes everything and decodes. */
        @Setup
        public void setUp() {
            open();
            decodeOne();
        }
    }

    static final int CONTEXT = 2048;
    static final int BATCH = 512;

    /** Tokens of a sequence when it starts anew, so that attention costs little. */
    static final int DEPTH = 256;

    /** Tokens of a generation. */
    static final int ANSWER = 1000;

    /** Any token that is not one of control. */
    static final int TOKEN = 1;

    static final String TEXT = "The quick brown fox jumps over the lazy dog. It was not amused at all.";

    private static final String MODEL = "benchmark.model";
    private static final SamplerOptions DEFAULT_CHAIN = SamplerOptions.builder().seed(1).build();

    final GenerateOptions greedyAnswer = answer(SamplerOptions.greedy());
    final GenerateOptions defaultAnswer = answer(DEFAULT_CHAIN);
    final int[] prompt = {TOKEN};
    final byte[] piece = new byte[256];

    Model model;
    Context context;
    Sequence sequence;
    Batch batch;
    Sampler greedy;
    Sampler chain;

    private static GenerateOptions answer(SamplerOptions sampler) {
        return GenerateOptions.builder().maxTokens(ANSWER).sampler(sampler).build();
    }

    /** Writes the model for {@link #jvmArgument}. */
    static void writeModel(Path file) {
        TinyModel.llama().layers(1).contextSize(CONTEXT).writeTo(file);
    }

    /** For the JVM that opens the model. */
    static String jvmArgument(Path model) {
        return "-D" + MODEL + "=" + model;
    }

    /** For benchmarks that run in this JVM. */
    static void useHere(Path model) {
        System.setProperty(MODEL, model.toString());
    }

    /** One thread computes: what is measured is the call, not the hand-over between threads. */
    void open() {
        model = Model.load(Path.of(System.getProperty(MODEL)));
        context = model.newContext(ContextOptions.builder().contextSize(CONTEXT).batchSize(BATCH).threads(1).build());
        batch = context.newBatch();
        greedy = model.newSampler(SamplerOptions.greedy());
        chain = model.newSampler(DEFAULT_CHAIN);
    }

    /** Behind those before it, or the first of a sequence that starts anew. */
    void decodeOne() {
        if (sequence == null) {
            sequence = context.newSequence();
        }
        if (sequence.length() == DEPTH) {
            sequence.truncate(0);
        }
        batch.clear();
        batch.add(sequence, TOKEN, true);
        context.decode(batch);
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        greedy.close();
        chain.close();
        batch.close();
        context.close();
        model.close();
    }
}
