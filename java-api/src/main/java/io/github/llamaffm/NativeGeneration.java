package io.github.llamaffm;

import io.github.llamaffm.internal.IntList;
import io.github.llamaffm.internal.StopStrings;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A generation: at each step the last token is computed, the next one sampled, and its text handed out. */
final class NativeGeneration implements Generation {

    private static final int[] NO_TOKENS = {};

    /** What keeps an adapter open, in the message of who closes it. */
    private static final String USER = "generation";

    private final NativeContext context;
    private final NativeSequence sequence;
    private final boolean ownsSequence;
    private final int[] prompt;
    private final GenerateOptions options;
    private final int maxTokens;
    private final NativeSampler sampler;
    private final PieceReader pieces;
    private final StopStrings stops;
    private final Stop stop;
    private final AdapterSet adapters;
    private final @Nullable ContextShift shift;

    /** Made once, not for each piece. */
    private final Supplier<@Nullable String> advance = this::advance;

    private final Supplier<@Nullable Void> takeAll = this::takeAll;

    private final Runnable cancel;

    private final StringBuilder text = new StringBuilder();
    private final IntList tokens = new IntList();
    private boolean started;
    private boolean prompted;
    private boolean iterated;
    private boolean failed;

    /** Whether the sampler runs, which may be written in Java and call anything. */
    private boolean sampling;

    private volatile boolean closed;
    private long promptNanos;
    private long generationNanos;

    private @Nullable String nextPiece;
    private @Nullable RuntimeException toThrow;
    private @Nullable RuntimeException failure;
    private volatile @Nullable FinishReason reason;

    /**
     * Made in a call of the context.
     *
     * @param ownsSequence whether the sequence ends with the generation
     */
    NativeGeneration(
            NativeContext context, NativeSequence sequence, boolean ownsSequence, int[] prompt, GenerateOptions options) {
        this.context = context;
        this.sequence = sequence;
        this.shift = options.whenFull() instanceof WhenFull.Shift how ? new ContextShift(context, sequence, how) : null;
        this.ownsSequence = ownsSequence;
        this.prompt = prompt.clone();
        this.options = options;
        this.maxTokens = options.maxTokens().orElse(Integer.MAX_VALUE);
        this.adapters = options.adapters()
                .map(asked -> AdapterSet.of(context.model(), asked))
                .orElseGet(context.contextAdapters()::own);
        context.rules().requireTokens(options.visibleTokens().stream().mapToInt(Integer::intValue).sorted().toArray());
        this.pieces = new PieceReader(context.model().tokenizer(), options.visibleTokens());
        this.stops = new StopStrings(options.stop());
        this.stop = new Stop(context.flag());
        this.cancel = stop::cancel;
        this.sampler = NativeSampler.create(context.model(), null, options.sampler(), options.grammar());
        boolean made = false;
        try {
            options.cancellation().ifPresent(stop::open);
            adapters.hold(USER);
            made = true;
        } finally {
            if (!made) {
                stop.close();
                sampler.close();
            }
        }
    }

    @Override
    public Iterator<String> iterator() {
        requireOpen();
        if (iterated) {
            throw new IllegalStateException("a generation is iterated once");
        }
        iterated = true;
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return prepareNext();
            }

            @Override
            public String next() {
                return takeNext();
            }
        };
    }

    @Override
    public GenerationResult result() {
        FinishReason ended = runToEnd();
        if (failure != null) {
            throw failure;
        }
        return new GenerationResult(text.toString(), tokens.toArray(), ended, prompt.length,
                new GenerationResult.Timings(Duration.ofNanos(promptNanos), Duration.ofNanos(generationNanos)));
    }

    private FinishReason runToEnd() {
        try {
            if (reason == null && Thread.currentThread().isVirtual()) {
                // One hand-over to the other thread, not one for each token.
                context.call(takeAll, cancel);
            } else {
                takeAll();
            }
        } catch (IllegalStateException e) {
            // Closed between two pieces: the end that a generation has whose context is closed, which sets it in a moment.
            if (!started || failure != null || !context.isClosed()) {
                throw e;
            }
            return FinishReason.CANCELLED;
        }
        FinishReason ended = reason;
        if (ended == null) {
            throw new AssertionError("a generation without more pieces has ended");
        }
        return ended;
    }

    private @Nullable Void takeAll() {
        while (prepareNext()) {
            takeNext();
        }
        return null;
    }

    @Override
    public void cancel() {
        stop.cancel();
    }

    @Override
    public void close() {
        closed = true;
        if (reason != null) {
            return;
        }
        stop.cancel();
        // Where another thread is inside, or the sampler, this ends with the next step, which sees the cancellation.
        if (context.tryEnter()) {
            try {
                if (!sampling) {
                    end(FinishReason.CANCELLED);
                }
            } finally {
                context.exit();
            }
        }
    }

    /** Whether it keeps a sampler, and perhaps a sequence, until somebody closes it or goes on with its sequence. Any thread. */
    boolean isToBeClosed() {
        return !closed && reason == null && !context.isClosed() && !context.isPoisoned();
    }

    /** Computes the next piece. What fails is kept for {@link #takeNext()}, where callers of an iterator expect it. */
    private boolean prepareNext() {
        if (nextPiece == null && toThrow == null && reason == null) {
            try {
                nextPiece = context.call(advance, cancel);
            } catch (RuntimeException e) {
                toThrow = e;
            }
        }
        return nextPiece != null || toThrow != null;
    }

    private String takeNext() {
        if (!prepareNext()) {
            requireOpen();
            throw new NoSuchElementException("the generation has ended: " + reason);
        }
        if (toThrow != null) {
            RuntimeException thrown = toThrow;
            toThrow = null;
            throw thrown;
        }
        String piece = nextPiece;
        nextPiece = null;
        return piece;
    }

    /** The next piece that is not empty; null at the end. */
    private @Nullable String advance() {
        try {
            String piece = "";
            while (piece.isEmpty() && reason == null) {
                piece = timedStep();
            }
            text.append(piece);
            return piece.isEmpty() ? null : piece;
        } catch (ShutdownException _) {
            // Between two native calls; within a decode it is a cancellation as well.
            String rest = finish(FinishReason.CANCELLED);
            text.append(rest);
            return rest.isEmpty() ? null : rest;
        } catch (RuntimeException | Error e) {
            failure = e instanceof RuntimeException runtime ? runtime : null;
            failed = true;
            end(FinishReason.CANCELLED);
            throw e;
        }
    }

    /** The first token comes with the prompt, the others with a step each. */
    private String timedStep() {
        boolean first = !started;
        long start = System.nanoTime();
        try {
            return step();
        } finally {
            long nanos = System.nanoTime() - start;
            if (first) {
                promptNanos = nanos;
            } else {
                generationNanos += nanos;
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the generation is closed");
        }
    }

    private String step() {
        if (!started) {
            started = true;
            options.timeLimit().ifPresent(stop::startTimeLimit);
            if (prompt.length == 0 && sequence.length() == 0) {
                return finish(FinishReason.END);
            }
            if (prompt.length == 0 && sequence.length() > context.sequenceSize() && options.whenFull() instanceof WhenFull.Stop) {
                return finish(FinishReason.LENGTH);
            }
            sequence.computeWith(adapters);
            if (shift != null) {
                shift.promptBegins(prompt.length);
            }
            if (stop.requested() || !computePrompt()) {
                return finish(stop.reason());
            }
            if (shift != null) {
                shift.promptEnds();
            }
            prompted = true;
            sampler.accept(sequence.promptTokens());
            if (maxTokens == 0) {
                return finish(FinishReason.LENGTH);
            }
        } else {
            if (shift != null) {
                shift.makeRoom();
            }
            sequence.computeWith(adapters);
            if (stop.requested() || !sequence.extend(NO_TOKENS, true, stop)) {
                return finish(stop.reason());
            }
        }
        return sample();
    }

    /**
     * The prompt of a model with an encoder goes there; its decoder then starts with a token of its own, as in llama-completion.
     *
     * @return false where it was stopped
     */
    private boolean computePrompt() {
        if (!context.hasEncoder() || prompt.length == 0) {
            return sequence.extend(prompt, true, stop);
        }
        int[] start = context.model().info().decoderStartToken().stream().toArray();
        return context.encodePrompt(sequence, prompt, stop) && sequence.extend(start, true, stop);
    }

    private String sample() {
        int token = choose();
        tokens.add(token);
        sequence.remember(token);
        if (context.model().tokenizer().isEndOfGeneration(token)) {
            if (pieces.isVisible(token)) {
                pieces.read(token, stops.held());
            }
            return finish(FinishReason.END);
        }
        pieces.read(token, stops.held());
        String released = stops.release();
        if (stops.found()) {
            end(FinishReason.STOP);
            return released;
        }
        if (tokens.size() >= maxTokens || isFull()) {
            return released + finish(FinishReason.LENGTH);
        }
        return released;
    }

    private int choose() {
        sampling = true;
        try {
            return context.decoder().sample(sampler, sequence.lastRow());
        } finally {
            sampling = false;
        }
    }

    /** Whether there is no room for the token that was just sampled, and that is the end. */
    private boolean isFull() {
        return options.whenFull() instanceof WhenFull.Stop && !context.sequences().hasRoom(sequence.id(), 1);
    }

    /** Ends this and returns the text that was held back until now. */
    private String finish(FinishReason why) {
        pieces.finish(stops.held());
        String rest = stops.release();
        if (stops.found()) {
            end(FinishReason.STOP);
            return rest;
        }
        end(why);
        return rest + stops.releaseAll();
    }

    /**
     * Ends this, in a call of the context or while it is closed. A second call does nothing.
     *
     * @throws IllegalStateException if its own sampler asks for it, whose candidates lie in what would be freed
     */
    void end(FinishReason why) {
        if (sampling) {
            throw new IllegalStateException(
                    "a sampler that is written in Java cannot end the generation that it chooses for; cancel that");
        }
        if (reason == null) {
            reason = why;
            long reaction = stop.reactionNanos(why);
            stop.close();
            sampler.close();
            adapters.release(USER);
            if (ownsSequence) {
                context.sequences().release(this, sequence);
            }
            // Last: it takes memory and stack, of which there may be too little.
            if (!failed && (why == FinishReason.CANCELLED || why == FinishReason.DEADLINE)) {
                context.events().stopped(why, tokens.size(), prompted ? 0 : prompt.length, reaction);
            }
        }
    }
}
