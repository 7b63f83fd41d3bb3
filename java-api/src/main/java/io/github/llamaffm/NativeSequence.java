package io.github.llamaffm;

import io.github.llamaffm.internal.IntList;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A history of tokens, of which the first {@link #decoded()} are in the KV cache. The others, as a rule none or the token
 * that was sampled last, follow with the next operation.
 *
 * <p>Every method that is not of {@link Sequence} is for callers inside a call of the context.
 */
final class NativeSequence implements Sequence {

    /** In the place of a token, where an embedding was the input. */
    private static final int EMBEDDING = -1;

    private static final int[] NO_TOKENS = {};

    private final NativeContext context;
    private final int id;
    private final IntList history = new IntList();
    private int decoded;
    private int embeddings;
    private int encoding;
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
        Stop stop = new Stop(context.flag());
        operate(() -> {
            if (!extend(tokens, false, stop)) {
                throw new CancelledException("appending %d tokens was cancelled%s"
                        .formatted(tokens.length, context.rollback().undo()));
            }
        }, stop::cancel);
    }

    @Override
    public Generation generate(String prompt, GenerateOptions options) {
        return generate(encode(prompt), options);
    }

    @Override
    public Generation generate(int[] prompt, GenerateOptions options) {
        context.requireGenerates();
        context.requireTokens(prompt);
        return context.call(() -> {
            requireOpen();
            closeGeneration();
            if (context.hasEncoder() && prompt.length > 0 && length() > 0) {
                throw new IllegalStateException(("the prompt is for the encoder, but the decoder has %d tokens of an answer"
                        + " already; clear the sequence, or continue it with an empty prompt").formatted(length()));
            }
            context.requireRoomFor(prompt, length());
            generation = new NativeGeneration(context, this, false, prompt, options);
            return generation;
        }, () -> {});
    }

    private int[] encode(String text) {
        return context.model().tokenizer().encode(text, length() == 0, true);
    }

    @Override
    public void truncate(int length) {
        operate(() -> {
            Objects.checkIndex(length, length() + 1);
            forget(length);
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

    /** The tokens of the history, without what was given as embeddings. */
    int[] tokens() {
        int[] all = history.toArray();
        return embeddings == 0 ? all : Arrays.stream(all).filter(token -> token != EMBEDDING).toArray();
    }

    /** Whether everything of the history is in the cache. */
    boolean isSettled() {
        return decoded == history.size();
    }

    void remember(int token) {
        history.add(token);
    }

    /** A position of the history has no token. */
    void rememberEmbedding() {
        history.add(EMBEDDING);
        embeddings++;
    }

    /** Drops the end of the history, of which no cell is left. */
    void forget(int length) {
        for (int i = length; embeddings > 0 && i < history.size(); i++) {
            embeddings -= history.get(i) == EMBEDDING ? 1 : 0;
        }
        history.truncate(Math.min(length, history.size()));
    }

    void grow(int rows) {
        decoded += rows;
    }

    /** What is left in the cache. */
    void decodedUpTo(int position) {
        decoded = position;
    }

    /** Which run of the encoder had this sequence in its batch; 0: none had. */
    int encoding() {
        return encoding;
    }

    void encoded(int run) {
        encoding = run;
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
        if (decoded < history.size() && !extend(NO_TOKENS, false, new Stop(context.flag()))) {
            throw new CancelledException("computing the last token was cancelled");
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
        Rollback rollback = context.rollback();
        boolean again = logits && tokens.length == 0 && decoded == history.size();
        boolean fromState = again && context.kvCache().isRecurrent();
        if (again && !fromState) {
            takeBack(decoded - 1);
        }
        rollback.begin(this, fromState ? decoded : history.size() - decoded + tokens.length);
        boolean done = false;
        try {
            history.addAll(tokens);
            if (fromState) {
                rollback.touch();
                takeBack(decoded - 1);
            }
            done = computeRest(logits, stop, rollback);
            return done;
        } finally {
            if (done) {
                rollback.end();
            } else {
                rollback.undo();
            }
        }
    }

    /** Removes cells, of which the tokens stay: all of them where this memory cannot go back so far. */
    private void takeBack(int position) {
        requireTokens(position);
        if (context.kvCache().canContinueAt(id, position) && context.kvCache().remove(id, position)) {
            decoded = position;
        } else {
            requireTokens(0);
            context.kvCache().remove(id, 0);
            decoded = 0;
        }
    }

    private void requireTokens(int from) {
        for (int i = from; embeddings > 0 && i < history.size(); i++) {
            if (history.get(i) == EMBEDDING) {
                throw new IllegalStateException(("position %d of the sequence was an embedding, which is not kept: it cannot be"
                        + " computed again; ask for the logits of its row when you decode it").formatted(i));
            }
        }
    }

    private boolean computeRest(boolean logits, Stop stop, Rollback rollback) {
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
            if (!context.decoder().decode(batch, stop, rollback)) {
                return false;
            }
        }
        return true;
    }

    /** The last row of what {@link #extend} computed with logits. */
    int lastRow() {
        return context.ownBatch().size() - 1;
    }

    /** Removes all cells from a position on; everything where this memory cannot go back so far. */
    private void cutCells(int position) {
        if (context.kvCache().canContinueAt(id, position) && context.kvCache().remove(id, position)) {
            decoded = position;
        } else {
            context.kvCache().remove(id, 0);
            decoded = 0;
            forget(0);
        }
    }
}
