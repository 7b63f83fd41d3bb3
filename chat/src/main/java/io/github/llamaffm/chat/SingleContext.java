package io.github.llamaffm.chat;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One context, which answers one prompt after the other and keeps some conversations. One that a failure left unusable is closed,
 * and the next prompt finds a new one.
 */
final class SingleContext implements Decoding {

    /** Of each conversation, where a memory needs them: before the model's last two turns. */
    private static final int CHECKPOINTS = 2;

    private static final int[] NO_TOKENS = {};

    private final Model model;
    private final ContextOptions options;
    private final int conversations;
    private final int checkpoints;
    private final Duration queueTimeout;
    private final PromptTokens tokenizer;
    private final Turns turns = new Turns();
    private final int capacity;

    /** Null after a failure, and after close. */
    private @Nullable ConversationCache cache;

    /** Of the prompt that has its turn. */
    private volatile @Nullable Cancellation running;

    private volatile boolean closed;
    private volatile CacheCounters counters = new CacheCounters(0, 0, 0, 0, 0, 0);

    /** Makes the context; as {@link Model#newContext(ContextOptions)}. */
    SingleContext(Model model, ChatModelOptions options) {
        this.model = model;
        this.conversations = options.cachedConversations();
        ContextOptions asked = options.context().orElseGet(ContextOptions::defaults);
        this.checkpoints = goesBack(model, asked) ? 0 : CHECKPOINTS;
        this.options = asked.toBuilder()
                .maxSequences(Math.max(asked.maxSequences(), conversations * (1 + checkpoints)))
                .unifiedCache(true)
                .build();
        this.queueTimeout = options.queueTimeout();
        this.tokenizer = new PromptTokens(model.tokenizer());
        this.cache = newCache();
        this.capacity = cache.context().sequenceSize();
    }

    private static boolean goesBack(Model model, ContextOptions options) {
        MemoryKind kind = model.info().memoryKind();
        return kind == MemoryKind.ATTENTION || kind == MemoryKind.SLIDING_WINDOW && options.fullSlidingWindow();
    }

    private ConversationCache newCache() {
        return new ConversationCache(model.newContext(options), tokenizer, conversations, checkpoints);
    }

    @Override
    public DecodeOutcome run(DecodeRequest request, DecodeListener listener) {
        long start = System.nanoTime();
        long ticket;
        try {
            if (request.generate().cancellation().filter(Cancellation::isCancelled).isPresent()) {
                return withoutTurn(FinishReason.CANCELLED, request, start);
            }
            ticket = turns.await(request.deadline().atMost(queueTimeout));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return withoutTurn(FinishReason.CANCELLED, request, start);
        } catch (BusyException e) {
            if (request.deadline().isOver()) {
                return withoutTurn(FinishReason.DEADLINE, request, start);
            }
            throw e;
        }
        try {
            return runInTurn(request, Duration.ofNanos(System.nanoTime() - start), listener);
        } finally {
            running = null;
            endTurn(ticket);
        }
    }

    private void endTurn(long ticket) {
        try {
            closeUnusable();
        } finally {
            turns.end(ticket);
        }
    }

    private DecodeOutcome runInTurn(DecodeRequest request, Duration waiting, DecodeListener listener) {
        running = request.generate().cancellation().orElse(null);
        if (closed) {
            throw closedFailure();
        }
        if (request.prompt().tokens().length > capacity) {
            throw new ContextFullException(request.prompt().tokens().length, capacity);
        }
        ConversationCache usable = usableCache();
        ConversationCache.Start from;
        try {
            from = usable.start(request.prompt(), adapters(request), request.key());
        } catch (CancelledException _) {
            return nothing(request.stopped(), request, waiting);
        }
        PromptDecoding decoding = new PromptDecoding(usable, from, request, waiting, listener);
        boolean done = false;
        try {
            DecodeOutcome outcome = decoding.run();
            done = true;
            return outcome;
        } finally {
            count(from, decoding);
            if (!done) {
                usable.drop(from.conversation());
            }
        }
    }

    /** One after a failure is not used on. */
    private ConversationCache usableCache() {
        closeUnusable();
        ConversationCache usable = cache;
        if (usable == null) {
            usable = newCache();
            cache = usable;
        }
        return usable;
    }

    private void closeUnusable() {
        ConversationCache current = cache;
        if (current != null && (current.context().isPoisoned() || current.context().isClosed())) {
            cache = null;
            current.context().close();
        }
    }

    private long adapters(DecodeRequest request) {
        return request.generate().adapters().map(Adapters::fingerprint).orElseGet(() -> options.adapters().fingerprint());
    }

    private void count(ConversationCache.Start from, PromptDecoding decoding) {
        CacheCounters before = counters;
        counters = new CacheCounters(before.requests() + 1, before.promptTokens() + from.tokens().length,
                before.reusedTokens() + decoding.cached(), before.evaluatedTokens() + decoding.evaluated(),
                before.checkpointsRestored() + (from.restored() ? 1 : 0), before.restarts() + (from.restarted() ? 1 : 0));
    }

    /** Of a prompt that never had its turn. */
    private static DecodeOutcome withoutTurn(FinishReason reason, DecodeRequest request, long start) {
        return nothing(reason, request, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Of a prompt of which nothing was evaluated. */
    private static DecodeOutcome nothing(FinishReason reason, DecodeRequest request, Duration waiting) {
        return new DecodeOutcome(reason, NO_TOKENS, request.prompt().tokens().length, 0, waiting, Duration.ZERO, Duration.ZERO);
    }

    private static IllegalStateException closedFailure() {
        return new IllegalStateException("the chat model is closed");
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public CacheCounters counters() {
        return counters;
    }

    @Override
    public void release(ConversationKey key) {
        long ticket = turns.awaitInAnyCase(queueTimeout);
        try {
            closeUnusable();
            ConversationCache current = cache;
            if (current != null) {
                current.release(key);
            }
        } finally {
            turns.end(ticket);
        }
    }

    @Override
    public void save(ConversationKey key, String name, StateSink sink) throws IOException {
        long ticket = turns.awaitInAnyCase(queueTimeout);
        try {
            closeUnusable();
            ConversationCache current = cache;
            Optional<CachedConversation> cached = current == null ? Optional.empty() : current.last(key);
            if (cached.isPresent()) {
                SavedConversation.write(cached.get(), name, sink);
            }
        } finally {
            turns.end(ticket);
        }
    }

    @Override
    public boolean restore(ConversationKey key, String name, StateSource source) throws IOException {
        Optional<SavedConversation> saved = SavedConversation.read(name, source);
        if (saved.isEmpty()) {
            release(key);
            return false;
        }
        long ticket = turns.awaitInAnyCase(queueTimeout);
        try {
            if (closed) {
                return false;
            }
            ConversationCache usable = usableCache();
            usable.release(key);
            return usable.restore(key, saved.get());
        } finally {
            endTurn(ticket);
        }
    }

    /** Prompts that wait, and the one that has its turn, for tests. */
    int present() {
        return turns.present();
    }

    /** The context, for tests. */
    Context context() {
        ConversationCache current = cache;
        if (current == null) {
            throw closedFailure();
        }
        return current.context();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Cancellation current = running;
        if (current != null) {
            current.cancel();
        }
        turns.awaitLast();
        try {
            ConversationCache last = cache;
            cache = null;
            if (last != null) {
                last.context().close();
            }
        } finally {
            turns.endLast();
        }
    }
}
