package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.CacheMiss")
@Label("Cache Miss")
@Category("llama-ffm")
@Description("A prompt of a chat of which nothing could be used that is in the KV cache")
@Enabled(false)
@StackTrace(false)
final class CacheMissEvent extends Event {

    @Label("Model")
    @Description("Name of the model's file, without folders")
    final String model;

    @Label("Context")
    @Description("Number of the context in this process, from 1")
    final long contextId;

    @Label("Prompt Tokens")
    @Description("Tokens of the whole prompt")
    int promptTokens;

    @Label("Restarted")
    @Description("Whether a conversation had its first tokens, and its memory could not go back to them")
    boolean restarted;

    CacheMissEvent(String model, long contextId) {
        this.model = model;
        this.contextId = contextId;
        begin();
    }
}
