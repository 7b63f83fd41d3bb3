package io.github.llamaffm.internal.events;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Timespan;

/** What is told of a batch, whatever it is for. */
abstract sealed class ComputationEvent extends Event implements Span permits PrefillEvent, DecodeEvent {

    @Label("Model")
    @Description("Name of the model's file, without folders")
    final String model;

    @Label("Context")
    @Description("Number of the context in this process, from 1")
    final long contextId;

    @Label("Tokens")
    @Description("Rows of the batch; an embedding as input counts as a token")
    final int tokens;

    @Label("Sequences")
    @Description("Sequences that have tokens in the batch")
    final int sequences;

    @Label("Outputs")
    @Description("Rows of the batch that were asked for logits or embeddings")
    final int outputs;

    @Label("Cached Tokens")
    @Description("Tokens that these sequences had in the KV cache before")
    final int cachedTokens;

    @Label("Threads")
    @Description("CPU threads of the context")
    final int threads;

    @Label("Waiting")
    @Description("Part of the duration in which another context had the threads")
    @Timespan(Timespan.NANOSECONDS)
    long waiting;

    @Label("Completed")
    @Description("Whether it was computed; false where it failed or was stopped")
    boolean completed;

    private transient long start;

    ComputationEvent(Computation computation) {
        model = computation.model();
        contextId = computation.contextId();
        tokens = computation.tokens();
        sequences = computation.sequences();
        outputs = computation.outputs();
        cachedTokens = computation.cachedTokens();
        threads = computation.threads();
        start = System.nanoTime();
    }

    @Override
    public void begins() {
        waiting = System.nanoTime() - start;
    }
}
