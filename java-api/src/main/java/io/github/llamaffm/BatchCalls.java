package io.github.llamaffm;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decodes and encodes batches that callers fill. What a call needs is made once: a loop of calls allocates nothing. */
final class BatchCalls {

    private final NativeContext context;
    private final Stop stop;
    private final Runnable cancel;
    private final Supplier<@Nullable Void> decode = this::decode;
    private final Supplier<@Nullable Void> encode = this::encode;

    /** Of the call under way. */
    private @Nullable NativeBatch batch;

    BatchCalls(NativeContext context) {
        this.context = context;
        this.stop = new Stop(context.flag());
        this.cancel = stop::cancel;
    }

    void decode(Batch rows, @Nullable Cancellation cancellation) {
        compute(rows, cancellation, decode);
    }

    void encode(Batch rows, @Nullable Cancellation cancellation) {
        compute(rows, cancellation, encode);
    }

    void warmUp() {
        context.enter();
        try {
            stop.reset();
            context.call(() -> {
                new WarmUp(context, stop).run();
                return null;
            }, cancel);
        } finally {
            context.exit();
        }
    }

    private void compute(Batch rows, @Nullable Cancellation cancellation, Supplier<@Nullable Void> work) {
        if (!(rows instanceof NativeBatch own) || own.context() != context) {
            throw new IllegalArgumentException("the batch is not one of this context");
        }
        context.enter();
        try {
            batch = own;
            stop.reset();
            if (cancellation != null) {
                stop.open(cancellation);
            }
            context.call(work, cancel);
        } finally {
            stop.close();
            batch = null;
            context.exit();
        }
    }

    private @Nullable Void decode() {
        NativeBatch rows = current();
        if (!context.hasMemory()) {
            return encode();
        }
        context.rules().requireDecodes(rows);
        context.sequences().closeGenerationsIn(rows);
        context.sequences().computeWith(rows, context.contextAdapters().own(), stop);
        Rollback rollback = context.rollback();
        if (!rollback.begin(rows, stop)) {
            context.events().stopped(stop, "decode", rows.size());
            throw new CancelledException("the decode of %d rows was cancelled".formatted(rows.size()));
        }
        boolean done = false;
        try {
            if (stop.requested() || !context.decoder().decode(rows, stop, rollback)) {
                context.events().stopped(stop, "decode", rows.size());
                throw new CancelledException("the decode of %d rows was cancelled%s".formatted(rows.size(), rollback.undo()));
            }
            context.sequences().append(rows);
            done = true;
        } finally {
            if (done) {
                rollback.end();
            } else {
                rollback.undo();
            }
        }
        return null;
    }

    private @Nullable Void encode() {
        NativeBatch rows = current();
        context.rules().requireEncodes(rows);
        context.sequences().closeGenerationsIn(rows);
        context.sequences().requireEmpty(rows);
        context.contextAdapters().use(context.contextAdapters().own());
        if (stop.requested() || !context.decoder().encode(rows, stop)) {
            context.events().stopped(stop, "encode", rows.size());
            throw new CancelledException("the encode of %d rows was cancelled".formatted(rows.size()));
        }
        return null;
    }

    private NativeBatch current() {
        NativeBatch rows = batch;
        if (rows == null) {
            throw new AssertionError("set by compute");
        }
        rows.requireCurrent();
        return rows;
    }
}
