package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.util.ArrayList;
import java.util.List;

/** A context that makes one row of floats of each text, several texts at a time. */
final class PooledContext {

    private final NativeContext context;
    private final int maxTokens;
    private final int packTokens;
    private final boolean encodes;
    private final List<NativeSequence> sequences = new ArrayList<>();

    private PooledContext(NativeContext context) {
        this.context = context;
        this.packTokens = context.ownBatch().capacity();
        this.encodes = context.hasEncoder() || !context.hasMemory();
        int oneText = Math.min(context.traits().maxPositions(), context.hasMemory()
                ? LlamaFfm.llama_n_ctx_seq(context.pointer())
                : Integer.MAX_VALUE);
        this.maxTokens = context.traits().inOnePiece() ? Math.min(packTokens, oneText) : oneText;
        for (int i = 0; i < context.maxSequences(); i++) {
            sequences.add(context.sequences().lease());
        }
    }

    static PooledContext open(NativeModel model, ContextOptions options) {
        NativeContext context = model.newContext(options);
        boolean done = false;
        try {
            PooledContext pooled = context.call(() -> new PooledContext(context), () -> {});
            done = true;
            return pooled;
        } finally {
            if (!done) {
                context.close();
            }
        }
    }

    NativeContext context() {
        return context;
    }

    /** Of one text. */
    int maxTokens() {
        return maxTokens;
    }

    /** Of all texts together, where they are more than one. */
    int packTokens() {
        return packTokens;
    }

    /** Texts of a pack. */
    int packTexts() {
        return sequences.size();
    }

    /** Computes a pack: the pooled floats of each text. */
    List<float[]> compute(List<int[]> texts, Stop stop) {
        return context.call(() -> {
            boolean done = false;
            try {
                if (texts.size() == 1) {
                    computeInPieces(texts.getFirst(), stop);
                } else {
                    computeTogether(texts, stop);
                }
                List<float[]> rows = new ArrayList<>(texts.size());
                for (int i = 0; i < texts.size(); i++) {
                    rows.add(context.decoder().embedding(sequences.get(i)).copyInCall());
                }
                done = true;
                return rows;
            } finally {
                if (!done) {
                    context.rollback().undo();
                }
                forget(texts.size());
            }
        }, stop::cancel);
    }

    private void computeTogether(List<int[]> texts, Stop stop) {
        NativeBatch batch = context.ownBatch();
        batch.removeRows();
        for (int i = 0; i < texts.size(); i++) {
            for (int token : texts.get(i)) {
                batch.addRow(sequences.get(i), token, true);
            }
        }
        begun(context.rollback().begin(batch, stop));
        compute(batch, stop);
        context.rollback().end();
    }

    /** One piece as a rule; several where the last row of all is what counts. */
    private void computeInPieces(int[] text, Stop stop) {
        NativeBatch batch = context.ownBatch();
        begun(context.rollback().begin(sequences.getFirst(), text.length, stop));
        for (int from = 0; from < text.length; from += batch.capacity()) {
            batch.removeRows();
            for (int i = from; i < Math.min(text.length, from + batch.capacity()); i++) {
                batch.addRow(sequences.getFirst(), text[i], true);
            }
            compute(batch, stop);
        }
        context.rollback().end();
    }

    private static void begun(boolean begun) {
        if (!begun) {
            throw KvCache.waitCancelled();
        }
    }

    private void compute(NativeBatch batch, Stop stop) {
        context.contextAdapters().use(context.contextAdapters().own());
        boolean done = !stop.requested() && (encodes
                ? context.decoder().encode(batch, stop)
                : context.decoder().decode(batch, stop, context.rollback()));
        if (!done) {
            throw new CancelledException("computing %d tokens was cancelled".formatted(batch.size()));
        }
        if (!encodes) {
            context.sequences().append(batch);
        }
    }

    private void forget(int texts) {
        if (!encodes && !context.isPoisoned()) {
            for (int i = 0; i < texts; i++) {
                sequences.get(i).empty();
            }
        }
    }
}
