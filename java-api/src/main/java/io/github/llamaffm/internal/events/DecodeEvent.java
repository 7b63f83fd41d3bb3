package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.Decode")
@Label("Decode")
@Category("llama-ffm")
@Description("A batch with one token of each of its sequences: a step of generations")
@Enabled(false)
@StackTrace(false)
final class DecodeEvent extends ComputationEvent {

    DecodeEvent(Computation computation) {
        super(computation);
        begin();
    }

    @Override
    public void ends(boolean done) {
        completed = done;
        commit();
    }
}
