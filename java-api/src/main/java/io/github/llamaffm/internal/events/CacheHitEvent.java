package io.github.llamaffm.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.CacheHit")
@Label("Cache Hit")
@Category("llama-ffm")
@Description("A prompt of a chat whose first tokens were in the KV cache; the duration is of finding them and going back to them")
@Enabled(false)
@StackTrace(false)
final class CacheHitEvent extends Event {

    @Label("Model")
    @Description("Name of the model's file, without folders")
    final String model;

    @Label("Context")
    @Description("Number of the context in this process, from 1")
    final long contextId;

    @Label("Prompt Tokens")
    @Description("Tokens of the whole prompt")
    int promptTokens;

    @Label("Cached Tokens")
    @Description("Tokens of the prompt that need not be computed")
    int cachedTokens;

    @Label("Forked")
    @Description("Whether it goes on in a copy, so that the conversation that was found stays")
    boolean forked;

    @Label("Restored")
    @Description("Whether the memory went back to a checkpoint")
    boolean restored;

    CacheHitEvent(String model, long contextId) {
        this.model = model;
        this.contextId = contextId;
        begin();
    }
}
