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
    private final int size;
    private final int batchSize;
    private final int ubatchSize;
    private final NativeBatch ownBatch;
    private final SequencePool sequences;
    private final KvCache kvCache;
    private final Decoder decoder;

    private volatile @Nullable PoisonedContextException poison;
    private volatile boolean graphLeft;

    /** Takes over what {@link ContextCreation} made, in a call of the model. */
    NativeContext(NativeModel model, ContextOptions options, ContextResources resources, MemorySegment raw) {
        super("context", model, true, raw, LlamaFfm::lf_context_free);
        this.model = model;
        this.options = options;
        this.resources = resources;
        this.hasEncoder = model.info().hasEncoder();
        this.size = LlamaFfm.llama_n_ctx(pointer());
        this.batchSize = LlamaFfm.llama_n_batch(pointer());
        this.ubatchSize = LlamaFfm.llama_n_ubatch(pointer());
        this.ownBatch = new NativeBatch(this, Math.min(batchSize, ubatchSize), options.maxSequences());
        this.kvCache = new KvCache(this);
        this.decoder = new Decoder(this);
        this.sequences = new SequencePool(this);
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
    public int batchSize() {
        return batchSize;
    }

    @Override
    public int ubatchSize() {
        return ubatchSize;
    }

    @Override
    public int threads() {
        return resources.threads();
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
        requireDecoderOnly();
        requireTokens(prompt);
        if (prompt.length > size) {
            throw new PromptTooLongException(prompt.length, size, size);
        }
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
    public void decode(Batch batch, Cancellation cancellation) {
        if (!(batch instanceof NativeBatch nativeBatch) || nativeBatch.context() != this) {
            throw new IllegalArgumentException("the batch is not one of this context");
        }
        requireDecoderOnly();
        try (Stop stop = new Stop(resources.flag(), cancellation)) {
            call(() -> {
                nativeBatch.requireCurrent();
                sequences.closeGenerationsIn(nativeBatch);
                if (stop.requested() || !decoder.decode(nativeBatch, stop)) {
                    throw new CancelledException("the decode of %d rows was cancelled".formatted(nativeBatch.size()));
                }
                sequences.append(nativeBatch);
                return null;
            }, stop::cancel);
        }
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
            PoisonedContextException reason = poison;
            if (reason != null) {
                throw new PoisonedContextException(reason.getMessage(), reason.nativeLog());
            }
            return resources.worker().run(work, cancel);
        } finally {
            exit();
            NativeLog.drain();
        }
    }

    CancelFlag flag() {
        return resources.flag();
    }

    SequencePool sequences() {
        return sequences;
    }

    KvCache kvCache() {
        return kvCache;
    }

    Decoder decoder() {
        return decoder;
    }

    /** A batch of at most one ubatch, for whoever decodes now. */
    NativeBatch ownBatch() {
        return ownBatch;
    }

    /** llama.cpp aborts where such a model decodes before it has encoded. */
    void requireDecoderOnly() {
        if (hasEncoder) {
            throw new IllegalStateException("the model has an encoder, as T5 has: it cannot continue a text by itself");
        }
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
