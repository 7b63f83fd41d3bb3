package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.Prefill")
@Label("Prefill")
@Category("llama-ffm")
@Description("A batch with several tokens of a sequence, or for an encoder: prompts and texts, or a part of one")
@Enabled(false)
@StackTrace(false)
final class PrefillEvent extends ComputationEvent {

    PrefillEvent(Computation computation) {
        super(computation);
        begin();
    }

    @Override
    public void ends(boolean done) {
        completed = done;
        commit();
    }
}
