package io.github.llamaffm;

import io.github.llamaffm.internal.chat.CacheLookup;
import io.github.llamaffm.internal.events.Cancelled;
import io.github.llamaffm.internal.events.Computation;
import io.github.llamaffm.internal.events.Events;
import io.github.llamaffm.internal.events.NoSpan;
import io.github.llamaffm.internal.events.Span;
import java.util.concurrent.atomic.AtomicLong;

/** What the flight recorder is told of a context. */
final class ContextEvents {

    private static final AtomicLong CONTEXTS = new AtomicLong();

    private final NativeContext context;
    private final String model;
    private final long id = CONTEXTS.incrementAndGet();

    ContextEvents(NativeContext context) {
        this.context = context;
        this.model = context.model().files().name();
    }

    /** A batch is about to be decoded: a prompt where a sequence has several rows. */
    Span decode(NativeBatch batch) {
        return Events.recordsComputations() ? computation(batch, false) : NoSpan.NONE;
    }

    /** A batch is about to be encoded. */
    Span encode(NativeBatch batch) {
        return Events.recordsComputations() ? computation(batch, true) : NoSpan.NONE;
    }

    private Span computation(NativeBatch batch, boolean encodes) {
        int sequences = 0;
        int most = 0;
        int cached = 0;
        for (int id = 0; id < context.maxSequences(); id++) {
            int rows = batch.rowsOf(id);
            if (rows > 0) {
                sequences++;
                most = Math.max(most, rows);
                cached += batch.sequence(id).decoded();
            }
        }
        Computation computation = new Computation(model, id, batch.size(), sequences,
                encodes ? batch.size() : batch.outputs(), cached, context.threads());
        return encodes || most > 1 ? Events.prefill(computation) : Events.decode(computation);
    }

    Span sample(NativeSampler sampler) {
        return Events.sample(model, id, sampler.links(), sampler.hasGrammar());
    }

    CacheLookup lookup() {
        return Events.lookup(model, id);
    }

    /** A generation ended before its end. */
    void stopped(FinishReason reason, int generated, int dropped, long reactionNanos) {
        Events.cancelled(new Cancelled(model, id, "generation", reason.name(), generated, dropped, reactionNanos));
    }

    /** Other work was stopped: the caller throws a {@link CancelledException}. */
    void stopped(Stop stop, String work, int dropped) {
        FinishReason reason = stop.reason();
        Events.cancelled(new Cancelled(model, id, work, reason.name(), 0, dropped, stop.reactionNanos(reason)));
    }
}
