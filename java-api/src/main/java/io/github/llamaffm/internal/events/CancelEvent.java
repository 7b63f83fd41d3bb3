package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("io.github.llamaffm.Cancel")
@Label("Cancel")
@Category("llama-ffm")
@Description("Work that was stopped before its end: cancelled, left, interrupted, or out of time")
@Enabled(false)
@StackTrace(false)
final class CancelEvent extends Event {

    @Label("Model")
    @Description("Name of the model's file, without folders")
    final String model;

    @Label("Context")
    @Description("Number of the context in this process, from 1; 0: a load")
    final long contextId;

    @Label("Work")
    @Description("load, generation, append, decode, encode, embedder or reranker")
    final String work;

    @Label("Reason")
    @Description("CANCELLED or DEADLINE")
    final String reason;

    @Label("Generated Tokens")
    @Description("Tokens that the generation had chosen")
    final int generatedTokens;

    @Label("Dropped Tokens")
    @Description("Tokens of a prompt, a batch or texts that were to be computed")
    final int droppedTokens;

    @Label("Reaction")
    @Description("From the wish, or the deadline, to the end of the work; not known of an interrupt of a platform thread, and of work that was left")
    @Timespan(Timespan.NANOSECONDS)
    final long reaction;

    CancelEvent(Cancelled cancelled) {
        model = cancelled.model();
        contextId = cancelled.contextId();
        work = cancelled.work();
        reason = cancelled.reason();
        generatedTokens = cancelled.generatedTokens();
        droppedTokens = cancelled.droppedTokens();
        reaction = cancelled.reactionNanos();
    }
}
