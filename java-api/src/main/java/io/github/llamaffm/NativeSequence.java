package io.github.llamaffm;

import io.github.llamaffm.internal.IntList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A history of tokens, of which the first {@link #decoded()} are in the KV cache. The others, as a rule none or the token
 * that was sampled last, follow with the next operation.
 *
 * <p>Every method that is not of {@link Sequence} is for callers inside a call of the context.
 */
final class NativeSequence implements Sequence {

    private final NativeContext context;
    private final int id;
    private final IntList history = new IntList();
    private int decoded;
    private boolean open = true;
    private @Nullable NativeGeneration generation;

    NativeSequence(NativeContext context, int id) {
        this.context = context;
        this.id = id;
    }

    @Override
    public NativeContext context() {
        return context;
    }

    @Override
    public int length() {
        return history.size();
    }

    @Override
    public void append(String text) {
        append(encode(text));
    }

    @Override
    public void append(int... tokens) {
        context.requireHistory();
        context.requireTokens(tokens);
        requireOnePiece(tokens.length);
        try (Stop stop = new Stop(context.flag(), Cancellation.create())) {
            operate(() -> {
                if (!extend(tokens, false, stop)) {
                    throw new CancelledException("appending %d tokens was cancelled".formatted(tokens.length));
                }
            }, stop::cancel);
        }
    }

    @Override
    public Generation generate(String prompt, GenerateOptions options) {
        return generate(encode(prompt), options);
    }

    @Override
    public Generation generate(int[] prompt, GenerateOptions options) {
        context.requireHistory();
        context.requireTokens(prompt);
        return context.call(() -> {
            requireOpen();
            closeGeneration();
            int left = context.size() - length();
            if (prompt.length > left) {
                throw new PromptTooLongException(prompt.length, left, context.size());
            }
            generation = new NativeGeneration(context, this, false, prompt, options);
            return generation;
        }, () -> {});
    }

    /** Longer ones are computed in several pieces. */
    private void requireOnePiece(int tokens) {
        if (tokens > context.ubatchSize() && context.traits().inOnePiece()) {
            throw new IllegalArgumentException(("%d tokens are more than one ubatch of %d, and this context computes each text"
                    + " in one piece (%s); raise ubatchSize").formatted(tokens, context.ubatchSize(),
                    context.traits().causal() ? "pooling " + context.traits().pooling() : "attention is not causal"));
        }
    }

    private int[] encode(String text) {
        return context.model().tokenizer().encode(text, length() == 0, true);
    }

    @Override
    public void truncate(int length) {
        operate(() -> {
            Objects.checkIndex(length, length() + 1);
            history.truncate(length);
            if (length < decoded) {
                cutCells(length);
            }
        }, () -> {});
    }

    @Override
    public void close() {
        if (context.isClosed() || context.isPoisoned()) {
            return;
        }
        context.call(() -> {
            if (open) {
                closeGeneration();
                open = false;
                context.sequences().release(this);
            }
            return null;
        }, () -> {});
    }

    private void operate(Runnable work, Runnable cancel) {
        context.call(() -> {
            requireOpen();
            closeGeneration();
            work.run();
            return null;
        }, cancel);
    }

    void requireOpen() {
        if (!open) {
            throw new IllegalStateException("the sequence is closed");
        }
    }

    boolean isOpen() {
        return open;
    }

    int id() {
        return id;
    }

    int decoded() {
        return decoded;
    }

    int[] history() {
        return history.toArray();
    }

    void remember(int token) {
        history.add(token);
    }

    void grow(int rows) {
        decoded += rows;
    }

    /** A generation that was left unfinished ends with the next operation. */
    void closeGeneration() {
        if (generation != null) {
            generation.end(FinishReason.CANCELLED);
            generation = null;
        }
    }

    /** Computes what is not in the cache yet. */
    void settle() {
        if (decoded < history.size()) {
            try (Stop stop = new Stop(context.flag(), Cancellation.create())) {
                if (!extend(new int[0], false, stop)) {
                    throw new CancelledException("computing the last token was cancelled");
                }
            }
        }
    }

    /**
     * Adds tokens to the history and computes all that is not in the cache, in parts of one ubatch, between which an interrupt
     * is seen. Afterwards everything is in the cache, or, where it failed or was stopped, the sequence is as before.
     *
     * @param logits whether the last token is to be sampled from; it is then computed again where it is in the cache
     * @return false where it was stopped
     */
    boolean extend(int[] tokens, boolean logits, Stop stop) {
        int lengthBefore = history.size();
        int decodedBefore = decoded;
        boolean done = false;
        try {
            history.addAll(tokens);
            if (logits && decoded == history.size()) {
                cutCells(decoded - 1);
            }
            done = computeRest(logits, stop);
            return done;
        } finally {
            if (!done) {
                history.truncate(Math.min(lengthBefore, history.size()));
                if (decoded > decodedBefore && !context.isPoisoned()) {
                    cutCells(decodedBefore);
                }
            }
        }
    }

    private boolean computeRest(boolean logits, Stop stop) {
        context.sequences().requireRoom(history.size() - decoded);
        NativeBatch batch = context.ownBatch();
        while (decoded < history.size()) {
            if (stop.requested()) {
                return false;
            }
            batch.clear();
            int end = Math.min(history.size(), decoded + batch.capacity());
            for (int i = decoded; i < end; i++) {
                batch.addRow(this, history.get(i), logits && i == history.size() - 1);
            }
            if (!context.decoder().decode(batch, stop)) {
                return false;
            }
        }
        return true;
    }

    /** The last row of what {@link #extend} computed with logits. */
    int lastRow() {
        return context.ownBatch().size() - 1;
    }

    /** Drops what was computed without entering the history. */
    void forget() {
        cutCells(0);
    }

    /** Removes what a failed decode may have left behind the last counted cell. */
    void rollBackCells() {
        cutCells(decoded);
    }

    /** Removes all cells from a position on; everything where this memory cannot go back so far. */
    private void cutCells(int position) {
        if (context.kvCache().canContinueAt(id, position) && context.kvCache().remove(id, position)) {
            decoded = position;
        } else {
            context.kvCache().remove(id, 0);
            decoded = 0;
            history.truncate(0);
        }
    }
}
