package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@code llama_context} with its thread pool, its cancel flag and the sequences of its KV cache.
 *
 * <p>Every method that is not of {@link Context} is for callers inside {@link #call}.
 */
final class NativeContext extends NativeResource implements Context {

    private final NativeModel model;
    private final ContextOptions options;
    private final ContextResources resources;
    private final boolean hasEncoder;
    private final boolean isDiffusion;
    private final boolean hasMemory;
    private final ContextTraits traits;
    private final int size;
    private final int sequenceSize;
    private final int batchSize;
    private final int ubatchSize;
    private final NativeBatch ownBatch;
    private final SequencePool sequences;
    private final KvCache cache;
    private final Decoder decoder;
    private final Rollback rollback;
    private final Counters counters;

    /** What a decode or encode works on. Made once, not for each call. */
    private final Stop stop;

    private final Runnable cancel;
    private final Supplier<@Nullable Void> decode = this::decodeNow;
    private final Supplier<@Nullable Void> encode = this::encodeNow;
    private @Nullable NativeBatch batch;

    private volatile @Nullable PoisonedContextException poison;
    private volatile boolean graphLeft;

    /** Takes over what {@link ContextCreation} made, in a call of the model. */
    NativeContext(NativeModel model, ContextOptions options, ContextResources resources, MemorySegment raw) {
        super("context", model, true, raw, LlamaFfm::lf_context_free);
        this.model = model;
        this.options = options;
        this.resources = resources;
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
        this.decoder = new Decoder(this, resources.pool());
        this.rollback = new Rollback(this);
        this.counters = new Counters(this);
        this.sequences = new SequencePool(this);
        this.stop = new Stop(resources.flag());
        this.cancel = stop::cancel;
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
        requireGenerates();
        requireTokens(prompt);
        requireRoomFor(prompt, 0);
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
    public void decode(Batch rows) {
        compute(rows, null, decode);
    }

    @Override
    public void decode(Batch rows, Cancellation cancellation) {
        compute(rows, cancellation, decode);
    }

    @Override
    public void encode(Batch rows) {
        compute(rows, null, encode);
    }

    @Override
    public void encode(Batch rows, Cancellation cancellation) {
        compute(rows, cancellation, encode);
    }

    private void compute(Batch rows, @Nullable Cancellation cancellation, Supplier<@Nullable Void> work) {
        if (!(rows instanceof NativeBatch own) || own.context() != this) {
            throw new IllegalArgumentException("the batch is not one of this context");
        }
        enter();
        try {
            batch = own;
            stop.reset();
            if (cancellation != null) {
                stop.open(cancellation);
            }
            call(work, cancel);
        } finally {
            stop.close();
            batch = null;
            exit();
        }
    }

    private @Nullable Void decodeNow() {
        NativeBatch rows = current();
        if (!hasMemory) {
            return encodeNow();
        }
        sequences.closeGenerationsIn(rows);
        boolean done = false;
        rollback.begin(rows);
        try {
            if (stop.requested() || !decoder.decode(rows, stop, rollback)) {
                throw new CancelledException("the decode of %d rows was cancelled%s".formatted(rows.size(), rollback.undo()));
            }
            sequences.append(rows);
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

    private @Nullable Void encodeNow() {
        NativeBatch rows = current();
        if (hasMemory && !hasEncoder) {
            throw new IllegalStateException("the model has no encoder: decode the batch");
        }
        int most = Math.min(ubatchSize, ContextCreation.maxOutputs(model, options));
        if (rows.size() > most) {
            throw new IllegalArgumentException(("%d rows are more than the %d that are encoded at once; take fewer, or raise"
                    + " ubatchSize, and maxOutputs where that is less").formatted(rows.size(), most));
        }
        sequences.closeGenerationsIn(rows);
        sequences.requireEmpty(rows);
        if (stop.requested() || !decoder.encode(rows, stop)) {
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

    @Override
    public Logits logits(int row) {
        enter();
        try {
            requireUsable();
            return resources.worker().run(() -> decoder.logits(row), () -> {});
        } finally {
            exit();
        }
    }

    @Override
    public void warmUp() {
        enter();
        try {
            stop.reset();
            call(() -> {
                new WarmUp(this, stop).run();
                return null;
            }, cancel);
        } finally {
            exit();
        }
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
    public KvCacheInfo kvCache() {
        return call(cache::info, () -> {});
    }

    @Override
    public Embedding embedding(int row) {
        return call(() -> decoder.embedding(row), () -> {});
    }

    @Override
    public Embedding embedding(Sequence sequence) {
        return call(() -> decoder.embedding(requireOwn(sequence)), () -> {});
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
        enter();
        try {
            requireUsable();
            return resources.worker().run(work, cancel);
        } finally {
            exit();
            NativeLog.drain();
        }
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

    /** For what goes on where an earlier call ended. */
    void requireHistory() {
        if (!hasMemory || !model.info().hasDecoder()) {
            throw new IllegalStateException(
                    "the model keeps nothing between two batches, as BERT does: it cannot continue a text; decode whole texts in a"
                            + " batch, or use an Embedder or a Reranker");
        }
    }

    /** For what makes text. */
    void requireGenerates() {
        requireHistory();
        if (hasEncoder && model.info().decoderStartToken().isEmpty()) {
            throw new IllegalStateException("the model does not say which token its decoder starts with: encode, then decode");
        }
    }

    /** @param used tokens that are there already */
    void requireRoomFor(int[] prompt, int used) {
        int left = sequenceSize - used;
        if (prompt.length > left) {
            throw new PromptTooLongException(prompt.length, left, sequenceSize);
        }
        if (hasEncoder && prompt.length > ownBatch.capacity()) {
            throw PromptTooLongException.ofEncoder(prompt.length, ownBatch.capacity());
        }
    }

    /**
     * Runs the encoder over a prompt, for an empty sequence.
     *
     * @return false where it was stopped
     */
    boolean encodePrompt(NativeSequence sequence, int[] tokens, Stop why) {
        ownBatch.clear();
        for (int token : tokens) {
            ownBatch.addRow(sequence, token, false);
        }
        return decoder.encode(ownBatch, why);
    }

    NativeSequence requireOwn(Sequence sequence) {
        if (!(sequence instanceof NativeSequence own) || own.context() != this) {
            throw new IllegalArgumentException("the sequence is not one of this context");
        }
        return own;
    }

    void requireTokens(int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            requireToken(tokens[i], i);
        }
    }

    void requireToken(int token, int index) {
        model.tokenizer().requireToken(token, index);
    }

    /** From now on every call but close is refused. */
    void poison(String operation, NativeError error) {
        graphLeft = true;
        refuse(operation, error);
    }

    /** As {@link #poison}, where no thread of the pool was left in the middle of a graph. */
    void loseServer(String operation, NativeError error) {
        refuse(operation, error);
    }

    private void refuse(String operation, NativeError error) {
        poison = new PoisonedContextException(
                "an earlier %s failed in the middle (%s); close this context and make another one"
                        .formatted(operation, error.summary()), error.log());
        resources.pool().replaceBroken();
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
        resources.free(graphLeft);
        NativeLog.drain();
    }
}
