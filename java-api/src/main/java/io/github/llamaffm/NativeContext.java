package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.NativeLog;
import io.github.llamaffm.internal.chat.CacheLookup;
import io.github.llamaffm.internal.chat.ChatContext;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@code llama_context} with its thread pool, its cancel flag and the sequences of its KV cache.
 *
 * <p>Every method that is not of {@link Context} is for callers inside {@link #call}.
 */
final class NativeContext extends NativeResource implements Context, ChatContext {

    private final NativeModel model;
    private final ContextOptions options;
    private final ContextResources resources;
    private final boolean hasEncoder;
    private final boolean isDiffusion;
    private final boolean hasMemory;
    private ContextTraits traits;
    private final int size;
    private final int sequenceSize;
    private final int batchSize;
    private final int ubatchSize;
    private final NativeBatch ownBatch;
    private final SequencePool sequences;
    private final KvCache cache;
    private final Decoder decoder;
    private final ContextAdapters contextAdapters;
    private final ContextStates states;
    private final Rollback rollback;
    private final Counters counters;
    private final BatchCalls batches;
    private final ContextRules rules;
    private final ContextEvents events;

    private volatile @Nullable PoisonedContextException poison;
    private volatile boolean graphLeft;

    /**
     * In a call of the model, by {@link ContextCreation}, which frees the resources where this fails.
     *
     * @param create makes the native context, or throws
     */
    NativeContext(
            NativeModel model, ContextOptions options, ContextResources resources, Supplier<MemorySegment> create) {
        super("context", model, true, create, LlamaFfm::lf_context_free);
        this.model = model;
        this.options = options;
        this.resources = resources;
        boolean made = false;
        try {
            this.hasEncoder = model.info().hasEncoder();
            this.isDiffusion = model.info().isDiffusion();
            this.hasMemory = LlamaFfm.llama_get_memory(pointer()).address() != 0;
            this.traits = ContextTraits.of(model, options, hasMemory);
            this.size = Math.min(LlamaFfm.llama_n_ctx(pointer()), traits.maxPositions());
            this.sequenceSize = Math.min(LlamaFfm.llama_n_ctx_seq(pointer()), traits.maxPositions());
            this.ubatchSize = LlamaFfm.llama_n_ubatch(pointer());
            this.batchSize = traits.inOnePiece() ? ubatchSize : LlamaFfm.llama_n_batch(pointer());
            this.ownBatch = new NativeBatch(this, Math.min(batchSize, ubatchSize), ContextCreation.maxOutputs(options));
            this.cache = new KvCache(this);
            this.contextAdapters = new ContextAdapters(this);
            this.states = new ContextStates(this);
            this.decoder = new Decoder(this, resources.pool());
            this.rollback = new Rollback(this);
            this.counters = new Counters(this);
            this.sequences = new SequencePool(this);
            this.batches = new BatchCalls(this);
            this.rules = new ContextRules(this);
            this.events = new ContextEvents(this);
            made();
            made = true;
        } finally {
            if (!made) {
                // The model may be closing.
                abandon();
            }
        }
    }

    @Override
    public NativeModel model() {
        return model;
    }

    @Override
    public ContextOptions options() {
        return options;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int sequenceSize() {
        return sequenceSize;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public int ubatchSize() {
        return ubatchSize;
    }

    @Override
    public int threads() {
        return resources.pool().threads();
    }

    @Override
    public int maxSequences() {
        return options.maxSequences();
    }

    @Override
    public Generation generate(String prompt, GenerateOptions generateOptions) {
        return generate(model.tokenizer().encode(prompt, true, true), generateOptions);
    }

    @Override
    public Generation generate(int[] prompt, GenerateOptions generateOptions) {
        rules.requireGenerates();
        rules.requireTokens(prompt);
        rules.requireRoomFor(prompt, 0);
        return call(() -> sequences.generate(prompt, generateOptions), () -> {});
    }

    @Override
    public Sequence newSequence() {
        return call(sequences::lease, () -> {});
    }

    @Override
    public Batch newBatch() {
        return call(() -> new NativeBatch(this, batchSize, ContextCreation.maxOutputs(options)), () -> {});
    }

    @Override
    public void decode(Batch batch) {
        batches.decode(batch, null);
    }

    @Override
    public void decode(Batch batch, Cancellation cancellation) {
        batches.decode(batch, cancellation);
    }

    @Override
    public void encode(Batch batch) {
        batches.encode(batch, null);
    }

    @Override
    public void encode(Batch batch, Cancellation cancellation) {
        batches.encode(batch, cancellation);
    }

    @Override
    public Logits logits(int row) {
        enter();
        try {
            requireUsable();
            return Thread.currentThread().isVirtual()
                    ? resources.worker().run(() -> decoder.logits(row), () -> {})
                    : decoder.logits(row);
        } finally {
            exit();
        }
    }

    @Override
    public Attention attention() {
        return call(() -> traits.causal() ? Attention.CAUSAL : Attention.NON_CAUSAL, () -> {});
    }

    @Override
    public void attention(Attention value) {
        boolean causal = switch (value) {
            case MODEL -> model.info().traits().causal();
            case CAUSAL -> true;
            case NON_CAUSAL -> false;
        };
        call(() -> {
            if (causal != traits.causal()) {
                if (!causal) {
                    rules.requireNoOrder();
                }
                int status = LlamaFfm.lf_set_causal(pointer(), causal ? 1 : 0);
                if (status != 0) {
                    NativeError error = NativeError.last();
                    if (!error.isShutdown()) {
                        poison("change of attention", error);
                    }
                    throw ContextCreation.failure(error, "the attention cannot be changed");
                }
                traits = traits.withCausal(causal);
            }
            return null;
        }, () -> {});
    }

    @Override
    public void warmUp() {
        batches.warmUp();
    }

    @Override
    public PerfCounters perf() {
        return call(counters::read, () -> {});
    }

    @Override
    public void resetPerf() {
        call(() -> {
            counters.reset();
            return null;
        }, () -> {});
    }

    @Override
    public void adapters(Adapters adapters) {
        call(() -> {
            contextAdapters.own(AdapterSet.of(model, adapters));
            return null;
        }, () -> {});
    }

    @Override
    public Adapters adapters() {
        return call(() -> contextAdapters.own().adapters(), () -> {});
    }

    @Override
    public byte[] saveState() {
        return call(stop -> states.saveAll(stop));
    }

    @Override
    public void saveState(Path file) {
        call(stop -> {
            states.saveAll(file, stop);
            return null;
        });
    }

    @Override
    public List<Sequence> loadState(byte[] state) {
        return call(() -> states.loadAll(state), () -> {});
    }

    @Override
    public List<Sequence> loadState(Path file) {
        return call(() -> states.loadAll(file), () -> {});
    }

    @Override
    public KvCacheInfo kvCache() {
        return call(cache::info, () -> {});
    }

    @Override
    public Embedding embedding(int row) {
        return call(() -> decoder.embedding(row), () -> {});
    }

    @Override
    public Embedding embedding(Sequence sequence) {
        return call(() -> decoder.embedding(rules.requireOwn(sequence)), () -> {});
    }

    @Override
    public boolean isPoisoned() {
        return poison != null;
    }

    /**
     * One call of the context: work that belongs together, by one thread.
     *
     * @param cancel what an interrupt of a virtual thread does
     */
    <T extends @Nullable Object> T call(Supplier<T> work, Runnable cancel) {
        StackRoom.require();
        return callToClose(work, cancel);
    }

    /** As {@link #call(Supplier, Runnable)}, on any stack: what was opened where there was room is closed where little is left. */
    <T extends @Nullable Object> T callToClose(Supplier<T> work, Runnable cancel) {
        enter();
        try {
            requireUsable();
            return resources.worker().run(work, cancel);
        } finally {
            exit();
            NativeLog.drain();
        }
    }

    /** As {@link #call(Supplier, Runnable)}, for what may wait or compute and only an interrupt or the end of this stops. */
    <T extends @Nullable Object> T call(Function<Stop, T> work) {
        Stop stop = new Stop(flag());
        return call(() -> work.apply(stop), stop::cancel);
    }

    CancelFlag flag() {
        return resources.flag();
    }

    ComputePool pool() {
        return resources.pool();
    }

    SequencePool sequences() {
        return sequences;
    }

    KvCache cache() {
        return cache;
    }

    ContextStates states() {
        return states;
    }

    ContextAdapters contextAdapters() {
        return contextAdapters;
    }

    Decoder decoder() {
        return decoder;
    }

    /** A batch of at most one ubatch, for whoever decodes now. */
    NativeBatch ownBatch() {
        return ownBatch;
    }

    Rollback rollback() {
        return rollback;
    }

    /** What it refuses before native code would fail on it. */
    ContextRules rules() {
        return rules;
    }

    /** What the flight recorder is told. Any thread. */
    ContextEvents events() {
        return events;
    }

    @Override
    public CacheLookup lookup() {
        return events.lookup();
    }

    Counters counters() {
        return counters;
    }

    /** Then a batch has logits although nothing is kept of it. */
    boolean isDiffusion() {
        return isDiffusion;
    }

    boolean hasEncoder() {
        return hasEncoder;
    }

    ContextTraits traits() {
        return traits;
    }

    /** Whether anything is kept between two batches: models like BERT compute each by itself. */
    boolean hasMemory() {
        return hasMemory;
    }

    /** @throws PoisonedContextException if an earlier failure left this unusable */
    void requireUsable() {
        PoisonedContextException reason = poison;
        if (reason != null) {
            throw new PoisonedContextException(reason.getMessage(), reason.nativeLog());
        }
    }

    /**
     * Runs the encoder over a prompt, for an empty sequence.
     *
     * @return false where it was stopped
     */
    boolean encodePrompt(NativeSequence sequence, int[] tokens, Stop why) {
        ownBatch.removeRows();
        for (int token : tokens) {
            ownBatch.addRow(sequence, token, false);
        }
        return decoder.encode(ownBatch, why);
    }

    /** From now on every call but close is refused. */
    void poison(String operation, NativeError error) {
        refuse(operation, error);
        if (error.isInGraph()) {
            graphLeft = true;
            resources.pool().replaceBroken();
        }
    }

    /** As {@link #poison}, where no thread of the pool was left in the middle of a graph. */
    void loseServer(String operation, NativeError error) {
        refuse(operation, error);
    }

    private void refuse(String operation, NativeError error) {
        poison = new PoisonedContextException(
                "an earlier %s failed in the middle (%s); close this context and make another one"
                        .formatted(operation, error.summary()), error.log());
    }

    @Override
    void stopCalls() {
        resources.flag().close();
    }

    @Override
    void beforeFree() {
        sequences.closeAll();
    }

    @Override
    void afterFree() {
        contextAdapters.close();
        resources.free(graphLeft);
        NativeLog.drain();
    }
}
