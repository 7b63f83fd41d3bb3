package io.github.llamaffm;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A history of tokens, of which the first {@link #decoded()} are in the KV cache. The others, as a rule none or the token
 * that was sampled last, follow with the next operation.
 *
 * <p>Every method that is not of {@link Sequence} is for callers inside a call of the context.
 */
final class NativeSequence implements Sequence {

    private static final int[] NO_TOKENS = {};

    private final NativeContext context;
    private final int id;
    private final History history = new History();
    private int decoded;

    /** Tokens that the last decode of the context added to this: so far a state may be able to go back. */
    private int justDecoded;

    private long computation;
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
    public int[] tokens() {
        return history.tokens();
    }

    @Override
    public int position(int index) {
        return history.position(index);
    }

    @Override
    public int nextPosition() {
        return history.positionAfter(history.size());
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
    public boolean canTruncate(int length) {
        return ask(() -> {
            Objects.checkIndex(length, length() + 1);
            return canCut(length);
        });
    }

    @Override
    public boolean canRemove(int from, int to) {
        return ask(() -> {
            Objects.checkFromToIndex(from, to, length());
            return canDrop(from, to);
        });
    }

    @Override
    public boolean canShift() {
        return ask(() -> context.cache().info().canShift());
    }

    @Override
    public boolean canShift(int from, int to) {
        return ask(() -> {
            Objects.checkFromToIndex(from, to, length());
            return canMove(from, to);
        });
    }

    @Override
    public void truncate(int length) {
        operate(() -> {
            Objects.checkIndex(length, length() + 1);
            if (length < decoded) {
                cutCells(length);
            }
            history.truncate(Math.min(length, history.size()));
        }, () -> {});
    }

    @Override
    public void remove(int from, int to) {
        operate(() -> {
            Objects.checkFromToIndex(from, to, length());
            drop(from, to, false);
        }, () -> {});
    }

    @Override
    public void discard(int from, int to) {
        operate(() -> {
            Objects.checkFromToIndex(from, to, length());
            drop(from, to, true);
        }, () -> {});
    }

    @Override
    public void shift(int from, int to, int by) {
        operate(() -> {
            Objects.checkFromToIndex(from, to, length());
            if (!history.canShift(from, to, by, decoded)) {
                throw new IllegalArgumentException(
                        "moving tokens %d to %d by %d would make positions negative or out of order".formatted(from, to, by));
            }
            requireMovable(from, to);
            move(from, to, by);
        }, () -> {});
    }

    @Override
    public void keepOnly() {
        operate(() -> context.sequences().keepOnly(this), () -> {});
    }

    @Override
    public Sequence fork() {
        return context.call(() -> {
            requireOpen();
            closeGeneration();
            return context.sequences().fork(this);
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

    private boolean ask(BooleanSupplier question) {
        return context.call(() -> {
            requireOpen();
            return question.getAsBoolean();
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

    /** Of the first token that is not in the cache. */
    int positionToDecode() {
        return history.positionAfter(decoded);
    }

    /** What a sampler is told of what is there. */
    int[] promptTokens() {
        return history.tokensWithoutEmbeddings();
    }

    int token(int index) {
        return history.token(index);
    }

    /** @param token or {@link History#EMBEDDING} */
    void remember(int token) {
        history.add(token);
    }

    /** Whether everything of the history is in the cache. */
    boolean isSettled() {
        return decoded == history.size();
    }

    /** Which run of the encoder had this sequence in its batch; 0: none had. */
    int encoding() {
        return encoding;
    }

    void encoded(int run) {
        encoding = run;
    }

    /** The context decoded so many rows of this, perhaps none. */
    void grow(int rows) {
        decoded += rows;
        justDecoded = rows;
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
        if (!isSettled() && !extend(NO_TOKENS, false, new Stop(context.flag()))) {
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
        if (logits && tokens.length == 0 && isSettled()) {
            goBackByOne();
        }
        Rollback rollback = context.rollback();
        rollback.begin(this, history.size() - decoded + tokens.length);
        boolean done = false;
        try {
            history.addAll(tokens);
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

    /** Takes the last token out of the cache, or all of them where the memory cannot go back: they are computed again. */
    private void goBackByOne() {
        if (canCut(decoded - 1)) {
            history.requireTokens(decoded - 1);
            cutCells(decoded - 1);
        } else {
            history.requireTokens(0);
            context.cache().clear(id);
            decoded = 0;
            justDecoded = 0;
            history.renumber(0);
        }
    }

    /** Drops tokens that were not computed after all. */
    void forget(int length) {
        history.truncate(Math.min(length, history.size()));
    }

    /** The cells changed: so many tokens are in them now. */
    void decodedUpTo(int tokens) {
        decoded = tokens;
        justDecoded = 0;
    }

    /** Of the token behind the first ones. */
    int positionAfter(int length) {
        return history.positionAfter(length);
    }

    private boolean computeRest(boolean logits, Stop stop, Rollback rollback) {
        context.sequences().requireRoom(this, history.size() - decoded);
        history.requireTokens(decoded);
        NativeBatch batch = context.ownBatch();
        while (decoded < history.size()) {
            if (stop.requested()) {
                return false;
            }
            batch.clear();
            int end = Math.min(history.size(), decoded + batch.capacity());
            for (int i = decoded; i < end; i++) {
                batch.addRow(this, history.token(i), logits && i == history.size() - 1);
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

    /** Drops what was computed without entering the history. */
    void forgetCells() {
        if (decoded > 0) {
            cutCells(0);
        }
    }

    /** The computation that this had rows in last. */
    long computation() {
        return computation;
    }

    void computedIn(long value) {
        computation = value;
    }

    /** Removes what was computed from a length on; everything where this memory cannot go back so far. */
    private void cutCells(int length) {
        if (length > 0 && canCut(length) && context.cache().remove(id, history.positionAfter(length), -1)) {
            decoded = length;
            justDecoded = 0;
        } else {
            empty();
        }
    }

    /** Drops everything. */
    void empty() {
        context.cache().clear(id);
        decoded = 0;
        justDecoded = 0;
        history.truncate(0);
    }

    /** Becomes what another one is; this is empty. */
    void copyOf(NativeSequence origin) {
        KvCache cache = context.cache();
        if (origin.decoded > 0) {
            if (cache.kind() == MemoryKind.NONE) {
                throw new UnsupportedMemoryException("this model keeps nothing of its tokens: there is nothing to fork",
                        MemoryKind.NONE);
            }
            cache.copy(origin.id, id);
        } else {
            cache.forks().count(0);
        }
        history.addAll(origin.history);
        decoded = origin.decoded;
        // What both share, neither can take back.
        origin.justDecoded = 0;
    }

    private boolean canCut(int length) {
        if (length == 0 || length >= decoded) {
            return true;
        }
        KvCache cache = context.cache();
        int position = history.positionAfter(length);
        return switch (cache.kind()) {
            case ATTENTION -> true;
            case SLIDING_WINDOW -> cache.canContinueAt(id, position);
            case RECURRENT, HYBRID -> canRollBack(decoded - length, position) && cache.canContinueAt(id, position);
            case NONE -> false;
        };
    }

    /** llama.cpp keeps the states after each of the last tokens of a decode, and goes back once, by positions. */
    private boolean canRollBack(int tokens, int position) {
        return tokens < justDecoded && tokens <= context.cache().rollback()
                && positionToDecode() - position == tokens
                && !context.cache().isShared(id, position, -1);
    }

    private boolean canDrop(int from, int to) {
        int end = Math.min(to, decoded);
        if (from >= end) {
            return true;
        }
        return end == decoded ? canCut(from) : context.cache().canRemove();
    }

    private boolean canMove(int from, int to) {
        int end = Math.min(to, decoded);
        return from >= end
                || context.cache().info().canShift()
                        && !context.cache().isShared(id, history.position(from), history.positionAfter(end));
    }

    /** @throws UnsupportedMemoryException if the positions of these tokens cannot be changed */
    private void requireMovable(int from, int to) {
        if (!canMove(from, to)) {
            KvCache cache = context.cache();
            throw new UnsupportedMemoryException(cache.info().canShift()
                    ? "tokens %d to %d cannot move: a fork shares some of them, and they would move for both".formatted(from, to)
                    : "the memory of this model cannot shift positions", cache.kind());
        }
    }

    /**
     * Removes tokens of the history.
     *
     * @param close whether the tokens behind them move to close the gap
     * @throws UnsupportedMemoryException if that cannot be done; then nothing was
     */
    void drop(int from, int to, boolean close) {
        if (!canDrop(from, to)) {
            throw new UnsupportedMemoryException(
                    "a memory of kind %s cannot forget tokens %d to %d of %d; clear the sequence and append what is to stay"
                            .formatted(context.cache().kind(), from, to, length()), context.cache().kind());
        }
        if (close) {
            requireMovable(to, length());
        }
        int end = Math.min(to, decoded);
        if (from < end) {
            removeCells(from, end);
        }
        history.remove(from, to);
        history.renumber(decoded);
        if (close && from < decoded) {
            move(from, length(), history.positionAfter(from) - history.position(from));
        }
    }

    private void removeCells(int from, int to) {
        boolean all = from == 0 && to == decoded;
        boolean last = to == decoded;
        boolean removed = context.cache().remove(
                id, all ? -1 : history.position(from), last ? -1 : history.positionAfter(to));
        if (!removed) {
            throw new UnsupportedMemoryException("llama.cpp refused to remove tokens %d to %d".formatted(from, to),
                    context.cache().kind());
        }
        decoded -= to - from;
        justDecoded = 0;
    }

    private void move(int from, int to, int by) {
        int end = Math.min(to, decoded);
        if (from < end && by != 0) {
            context.cache().shift(id, history.position(from), history.positionAfter(end), by);
            history.shift(from, end, by);
            history.renumber(decoded);
        }
    }
}
