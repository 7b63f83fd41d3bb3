package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.Sample")
@Label("Sample")
@Category("llama-ffm")
@Description("The choice of one token; on a GPU it waits for the end of the batch first")
@Enabled(false)
@StackTrace(false)
final class SampleEvent extends Event implements Span {

    @Label("Model")
    @Description("Name of the model's file, without folders")
    final String model;

    @Label("Context")
    @Description("Number of the context in this process, from 1")
    final long contextId;

    @Label("Samplers")
    @Description("Links of the chain, a grammar of the whole answer not counted")
    final int samplers;

    @Label("Grammar")
    @Description("Whether the answer has to follow a grammar")
    final boolean grammar;

    @Label("Completed")
    @Description("Whether a token was chosen; false where that failed")
    boolean completed;

    SampleEvent(String model, long contextId, int samplers, boolean grammar) {
        this.model = model;
        this.contextId = contextId;
        this.samplers = samplers;
        this.grammar = grammar;
        begin();
    }

    @Override
    public void ends(boolean done) {
        completed = done;
        commit();
    }
}
