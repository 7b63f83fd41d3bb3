package io.github.llamaffm;

import io.github.llamaffm.internal.chat.ChatSequence;
import io.github.llamaffm.internal.state.SavedSequence;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A history of tokens, of which the first {@link #decoded()} are in the KV cache. The others, as a rule none or the token
 * that was sampled last, follow with the next operation.
 *
 * <p>Every method that is not of {@link Sequence} is for callers inside a call of the context.
 */
final class NativeSequence implements Sequence, ChatSequence {

    private static final int[] NO_TOKENS = {};

    private final NativeContext context;
    private final int id;
    private final History history = new History();
    private final SequenceMemory memory;
    private int decoded;

    /** Tokens that the last decode of the context added to this: so far a state may be able to go back. */
    private int justDecoded;

    /** Fingerprint of the adapters that the cells were computed with; says nothing while there are none. */
    private long cellAdapters;

    private long computation;
    private int encoding;
    private boolean shared;
    private volatile boolean open = true;
    private @Nullable NativeGeneration generation;

    NativeSequence(NativeContext context, int id) {
        this.context = context;
        this.id = id;
        this.memory = new SequenceMemory(context, this, history);
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
        context.rules().requireHistory();
        context.rules().requireTokens(tokens);
        context.rules().requireOnePiece(tokens.length);
        operate(stop -> {
            computeWith(context.contextAdapters().own());
            if (!extend(tokens, false, stop)) {
                context.events().stopped(stop, "append", tokens.length);
                throw new CancelledException("appending %d tokens was cancelled%s"
                        .formatted(tokens.length, context.rollback().undo()));
            }
        });
    }

    @Override
    public Generation generate(String prompt, GenerateOptions options) {
        return generate(encode(prompt), options);
    }

    @Override
    public Generation generate(int[] prompt, GenerateOptions options) {
        context.rules().requireGenerates();
        context.rules().requireTokens(prompt);
        return context.call(() -> {
            requireOpen();
            closeGeneration();
            if (context.hasEncoder() && prompt.length > 0 && length() > 0) {
                throw new IllegalStateException(("the prompt is for the encoder, but the decoder has %d tokens of an answer"
                        + " already; clear the sequence, or continue it with an empty prompt").formatted(length()));
            }
            boolean forgets = options.whenFull() instanceof WhenFull.Shift;
            context.rules().requireRoomFor(prompt, forgets ? 0 : length());
            generation = new NativeGeneration(context, this, false, prompt, options);
            return generation;
        }, () -> {});
    }

    private int[] encode(String text) {
        return context.model().tokenizer().encode(text, length() == 0, true);
    }

    @Override
    public boolean canTruncate(int length) {
        return ask(() -> {
            Objects.checkIndex(length, length() + 1);
            return memory.canCut(length);
        });
    }

    @Override
    public boolean canRemove(int from, int to) {
        return ask(() -> {
            Objects.checkFromToIndex(from, to, length());
            return memory.canDrop(from, to);
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
            return memory.canMove(from, to);
        });
    }

    @Override
    public boolean hasRoom(int tokens) {
        return ask(() -> context.sequences().hasRoom(id, tokens));
    }

    @Override
    public void truncate(int length) {
        operate(_ -> {
            Objects.checkIndex(length, length() + 1);
            if (length < decoded) {
                cutCells(length);
            }
            history.truncate(Math.min(length, history.size()));
        });
    }

    @Override
    public void remove(int from, int to) {
        operate(_ -> {
            Objects.checkFromToIndex(from, to, length());
            memory.drop(from, to, false);
        });
    }

    @Override
    public void discard(int from, int to) {
        operate(_ -> {
            Objects.checkFromToIndex(from, to, length());
            memory.drop(from, to, true);
        });
    }

    @Override
    public void shift(int from, int to, int by) {
        operate(_ -> {
            Objects.checkFromToIndex(from, to, length());
            if (!history.canShift(from, to, by, decoded)) {
                throw new IllegalArgumentException(
                        "moving tokens %d to %d by %d would make positions negative or out of order".formatted(from, to, by));
            }
            memory.move(from, to, by);
        });
    }

    @Override
    public void keepOnly() {
        operate(_ -> context.sequences().keepOnly(this));
    }

    @Override
    public Sequence fork() {
        return context.call(stop -> {
            requireOpen();
            closeGeneration();
            return context.sequences().fork(this, stop);
        });
    }

    @Override
    public byte[] save() {
        return context.call(stop -> {
            requireOpen();
            closeGeneration();
            return context.states().save(this, stop);
        });
    }

    @Override
    public void save(Path file) {
        operate(stop -> context.states().save(this, file, stop));
    }

    @Override
    public void save(String name, StateSink sink) {
        operate(stop -> context.states().save(this, name, sink, stop));
    }

    @Override
    public void restore(byte[] state) {
        operate(_ -> context.states().restore(this, state));
    }

    @Override
    public void restore(Path file) {
        operate(_ -> context.states().restore(this, file));
    }

    @Override
    public void restore(String name, StateSource source) {
        operate(_ -> context.states().restore(this, name, source));
    }

    @Override
    public long adaptersFingerprint() {
        return context.call(() -> {
            requireOpen();
            return decoded == 0 ? 0 : cellAdapters;
        }, () -> {});
    }

    @Override
    public void close() {
        if (context.isClosed() || context.isPoisoned()) {
            return;
        }
        context.callToClose(() -> {
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

    private void operate(Consumer<Stop> work) {
        context.call(stop -> {
            requireOpen();
            closeGeneration();
            work.accept(stop);
            return null;
        });
    }

    void requireOpen() {
        if (!open) {
            throw new IllegalStateException("the sequence is closed");
        }
    }

    boolean isOpen() {
        return open;
    }

    /** Whether its place in the context is taken until somebody closes it. Any thread. */
    boolean isToBeClosed() {
        return open && !context.isClosed() && !context.isPoisoned();
    }

    int id() {
        return id;
    }

    int decoded() {
        return decoded;
    }

    int justDecoded() {
        return justDecoded;
    }

    SequenceMemory memory() {
        return memory;
    }

    /** Whether this is, or was, a fork, or has been forked. */
    boolean hasShared() {
        return shared;
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
        cellAdapters = context.contextAdapters().fingerprint();
    }

    /** The context decoded so many rows of this, perhaps none. */
    void grow(int rows) {
        decoded += rows;
        justDecoded = rows;
        if (rows > 0) {
            cellAdapters = context.contextAdapters().fingerprint();
        }
    }

    /** A generation that was left unfinished ends with the next operation. */
    void closeGeneration() {
        if (generation != null) {
            generation.end(FinishReason.CANCELLED);
            generation = null;
        }
    }

    /**
     * What is computed next is computed with these adapters. Cells of others are an error, or computed again, as the context's
     * options say.
     */
    void computeWith(AdapterSet adapters) {
        if ((decoded > 0 || encoding > 0) && cellAdapters != adapters.fingerprint()) {
            // What the encoder read is not kept.
            if (context.options().adapterMismatch() == AdapterMismatch.ERROR || encoding > 0) {
                throw new AdapterException(
                        "%d tokens of the sequence were computed with adapters %016x, this would go on with %016x (0: none); %s"
                                .formatted(decoded, cellAdapters, adapters.fingerprint(), encoding > 0
                                        ? "use those, or encode anew"
                                        : "use those, clear the sequence or choose AdapterMismatch.REEVALUATE"));
            }
            history.requireTokens(0);
            context.rules().requireOnePiece(history.size());
            computeAgain();
        }
        context.contextAdapters().use(adapters);
    }

    /** As it is in a state. */
    SavedSequence saved() {
        return new SavedSequence(id, history.tokens(), history.positions(), decoded, decoded == 0 ? 0 : cellAdapters);
    }

    /**
     * Becomes what was saved, whose cells are in the cache already.
     *
     * @param withOthers whether other sequences may have the same cells
     */
    void become(SavedSequence saved, boolean withOthers) {
        shared |= withOthers;
        history.replace(saved.tokens(), saved.positions());
        decoded = saved.decoded();
        justDecoded = 0;
        cellAdapters = saved.adapters();
    }

    /** Leaves all tokens to be computed again. */
    void computeAgain() {
        context.cache().clear(id);
        decoded = 0;
        justDecoded = 0;
        history.renumber(0);
    }

    /** Computes what is not in the cache yet, with the context's adapters. */
    void settle(Stop stop) {
        if (isSettled()) {
            return;
        }
        computeWith(context.contextAdapters().own());
        if (!extend(NO_TOKENS, false, stop)) {
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
        if (!rollback.begin(this, history.size() - decoded + tokens.length, stop)) {
            return false;
        }
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
        int last = decoded - 1;
        if (last > 0 && memory.canCut(last)) {
            history.requireTokens(last);
            if (context.cache().remove(id, history.positionAfter(last), -1)) {
                decodedUpTo(last);
                return;
            }
        }
        history.requireTokens(0);
        computeAgain();
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
            batch.removeRows();
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

    /** The computation that this had rows in last. */
    long computation() {
        return computation;
    }

    void computedIn(long value) {
        computation = value;
    }

    /** Removes what was computed from a length on; everything where this memory cannot go back so far. */
    private void cutCells(int length) {
        if (length > 0 && memory.canCut(length) && context.cache().remove(id, history.positionAfter(length), -1)) {
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
    void copyOf(NativeSequence origin, Stop stop) {
        KvCache cache = context.cache();
        if (origin.encoding > 0) {
            throw new IllegalStateException(
                    "the output of the encoder belongs to one sequence: a fork could not go on; encode for another sequence");
        }
        if (origin.decoded > 0) {
            if (cache.kind() == MemoryKind.NONE) {
                throw new UnsupportedMemoryException("this model keeps nothing of its tokens: there is nothing to fork",
                        MemoryKind.NONE);
            }
            cache.copy(origin.id, id, stop);
        } else {
            cache.forks().count(0);
        }
        history.addAll(origin.history);
        decoded = origin.decoded;
        cellAdapters = origin.cellAdapters;
        // What both share, neither can take back.
        origin.justDecoded = 0;
        origin.shared = true;
        shared = true;
    }
}
