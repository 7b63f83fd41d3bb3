package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_context_request;
import io.github.llamaffm.bindings.generated.lf_threadpool_request;
import io.github.llamaffm.bindings.generated.llama_context_params;
import io.github.llamaffm.internal.CpuCount;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@code llama_context} with its thread pool, its cancel flag and the sequences of its KV cache.
 *
 * <p>Every method that is not of {@link Context} is for callers inside {@link #call}.
 */
final class NativeContext extends NativeResource implements Context {

    /** How eagerly the pool's threads look for work before they sleep: what llama.cpp's tools use. */
    private static final int POLL = 50;

    private final NativeModel model;
    private final ContextOptions options;
    private final Resources resources;
    private final boolean hasEncoder;
    private final int size;
    private final int batchSize;
    private final int ubatchSize;
    private final NativeBatch ownBatch;
    private final SequencePool sequences;

    private @Nullable NativeBatch lastDecoded;
    private volatile @Nullable PoisonedContextException poison;

    /** What lives as long as the context, and is freed after it. */
    private record Resources(Arena memory, CancelFlag flag, int threads, MemorySegment threadpool, Worker worker) {

        static Resources create(int threads) {
            Arena memory = Arena.ofShared();
            MemorySegment request = lf_threadpool_request.allocate(memory);
            lf_threadpool_request.n_threads(request, threads);
            lf_threadpool_request.poll(request, POLL);
            MemorySegment threadpool = LlamaFfm.lf_threadpool_new(request);
            if (threadpool.address() == 0) {
                memory.close();
                throw failure(NativeError.last(), "cannot start " + threads + " threads");
            }
            return new Resources(memory, new CancelFlag(memory), threads, threadpool, new Worker("llama-ffm-context"));
        }

        /** @param poisoned where a graph was left in the middle, the pool's threads wait in it for ever: they cannot be joined */
        void free(boolean poisoned) {
            worker.close();
            if (!poisoned) {
                LlamaFfm.lf_threadpool_free(threadpool);
            }
            memory.close();
        }
    }

    private NativeContext(NativeModel model, ContextOptions options, Resources resources, MemorySegment raw) {
        super("context", model, true, raw, LlamaFfm::lf_context_free);
        this.model = model;
        this.options = options;
        this.resources = resources;
        this.hasEncoder = model.info().hasEncoder();
        this.size = LlamaFfm.llama_n_ctx(pointer());
        this.batchSize = LlamaFfm.llama_n_batch(pointer());
        this.ubatchSize = LlamaFfm.llama_n_ubatch(pointer());
        this.ownBatch = new NativeBatch(this, Math.min(batchSize, ubatchSize), options.maxSequences());
        this.sequences = new SequencePool(this);
    }

    /** Makes a context, in a call of the model. */
    static NativeContext create(NativeModel model, ContextOptions options) {
        int contextSize = new KvMemory(model.info()).contextSize(options);
        Resources resources = Resources.create(options.threads().orElseGet(CpuCount::physical));
        boolean created = false;
        try {
            MemorySegment request = request(model, options, resources, contextSize);
            // Nothing cancels this: a virtual thread that is interrupted stays so.
            MemorySegment raw = resources.worker.run(() -> newContext(request, contextSize), () -> {});
            created = true;
            return new NativeContext(model, options, resources, raw);
        } finally {
            if (!created) {
                resources.free(false);
            }
            NativeLog.drain();
        }
    }

    private static MemorySegment newContext(MemorySegment request, int contextSize) {
        MemorySegment raw = LlamaFfm.lf_context_new(request);
        if (raw.address() == 0) {
            throw failure(NativeError.last(), "cannot create a context of " + contextSize + " tokens");
        }
        return raw;
    }

    private static MemorySegment request(
            NativeModel model, ContextOptions options, Resources resources, int contextSize) {
        // Shared with the worker thread of a virtual thread.
        MemorySegment request = lf_context_request.allocate(resources.memory);
        lf_context_request.model(request, model.pointer());
        lf_context_request.cancel(request, resources.flag.struct());
        lf_context_request.threadpool(request, resources.threadpool);
        MemorySegment params = lf_context_request.params(request);
        LlamaFfm.lf_context_default_params(params);
        llama_context_params.n_ctx(params, contextSize);
        llama_context_params.n_batch(params, options.batchSize());
        llama_context_params.n_ubatch(params, Math.min(options.ubatchSize(), options.batchSize()));
        llama_context_params.n_seq_max(params, options.maxSequences());
        llama_context_params.n_outputs_max(params, maxOutputs(options));
        llama_context_params.n_threads(params, resources.threads);
        llama_context_params.n_threads_batch(params, resources.threads);
        llama_context_params.flash_attn_type(params, switch (options.flashAttention()) {
            case AUTO -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_AUTO();
            case ON -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_ENABLED();
            case OFF -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_DISABLED();
        });
        llama_context_params.kv_unified(params, options.maxSequences() > 1);
        llama_context_params.swa_full(params, false);
        return request;
    }

    private static int maxOutputs(ContextOptions options) {
        return options.maxOutputs().orElse(options.maxSequences());
    }

    private static LlamaException failure(NativeError error, String what) {
        return error.isShutdown()
                ? new ShutdownException()
                : new ContextCreationException(what + ": " + error.summary(), error.log());
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
        return resources.threads;
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
        return call(() -> new NativeBatch(this, batchSize, maxOutputs(options)), () -> {});
    }

    @Override
    public void decode(Batch batch, Cancellation cancellation) {
        if (!(batch instanceof NativeBatch nativeBatch) || nativeBatch.context() != this) {
            throw new IllegalArgumentException("the batch is not one of this context");
        }
        requireDecoderOnly();
        try (Stop stop = new Stop(resources.flag, cancellation)) {
            call(() -> {
                nativeBatch.requireCurrent();
                sequences.closeGenerationsIn(nativeBatch);
                if (stop.requested() || !decode(nativeBatch, stop)) {
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
            return resources.worker.run(work, cancel);
        } finally {
            exit();
            NativeLog.drain();
        }
    }

    CancelFlag flag() {
        return resources.flag;
    }

    SequencePool sequences() {
        return sequences;
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

    /**
     * Computes a batch and counts its rows to their sequences.
     *
     * @return false where it was stopped: then nothing changed
     */
    boolean decode(NativeBatch batch, Stop stop) {
        sequences.requireRoom(batch.size());
        lastDecoded = null;
        int status;
        stop.lend();
        try {
            status = LlamaFfm.lf_decode(pointer(), batch.struct());
        } finally {
            stop.takeBack();
        }
        if (status == 0) {
            lastDecoded = batch;
            sequences.decoded(batch);
            return true;
        }
        if (isStopped(status)) {
            NativeLog.drainExpected();
            sequences.rollBack(batch);
            return false;
        }
        NativeError error = status <= LlamaFfm.LF_ERROR_EXCEPTION()
                ? NativeError.last()
                : new NativeError("llama_decode returned " + status, List.of());
        throw failedDecode(batch, status, error);
    }

    /** llama_decode says 2 where its abort callback stopped it. */
    private static boolean isStopped(int status) {
        return status == 2 || status == LlamaFfm.LF_ERROR_CANCELLED() || status == LlamaFfm.LF_ERROR_SHUTDOWN();
    }

    private LlamaException failedDecode(NativeBatch batch, int status, NativeError error) {
        if (status == LlamaFfm.LF_ERROR_EXCEPTION() || status == LlamaFfm.LF_ERROR_ABORT()) {
            poison("decode", error);
            return new DecodeException("decoding %d tokens failed: %s; the context cannot be used any more: close it"
                    .formatted(batch.size(), error.summary()), status, error.log());
        }
        sequences.rollBack(batch);
        if (status == 1) {
            return new NoKvSpaceException(batch.size(), sequences.freeCells(), size, error.log());
        }
        return new DecodeException("decoding %d tokens failed with code %d: %s"
                .formatted(batch.size(), status, error.summary()), status, error.log());
    }

    private void poison(String operation, NativeError error) {
        poison = new PoisonedContextException(
                "an earlier %s failed in the middle (%s); close this context and make another one"
                        .formatted(operation, error.summary()), error.log());
    }

    /**
     * Removes cells of a sequence.
     *
     * @param from position of the first one to remove; 0: all
     * @return false where this memory cannot remove that part
     */
    boolean removeCells(int sequenceId, int from) {
        int result = LlamaFfm.lf_memory_seq_rm(pointer(), sequenceId, from == 0 ? -1 : from, -1);
        if (result == LlamaFfm.LF_ERROR_EXCEPTION() || result == LlamaFfm.LF_ERROR_ABORT()) {
            NativeError error = NativeError.last();
            poison("removal of tokens", error);
            throw new DecodeException("removing tokens failed: " + error.summary(), result, error.log());
        }
        return result == 1;
    }

    /** Whether the cache still has what a token at that position would look at. */
    boolean canContinueAt(int sequenceId, int position) {
        int window = model.info().slidingWindow();
        if (window == 0 || position == 0) {
            return true;
        }
        int first = LlamaFfm.llama_memory_seq_pos_min(LlamaFfm.llama_get_memory(pointer()), sequenceId);
        return first <= Math.max(0, position - window);
    }

    /** Samples from a row of the batch that was decoded last. */
    int sample(NativeSampler sampler, int row) {
        NativeBatch batch = lastDecoded;
        if (batch == null) {
            throw new IllegalArgumentException("nothing to sample from: the context has decoded nothing, or the decode failed");
        }
        if (row < 0 || row >= batch.size() || !batch.hasLogits(row)) {
            throw new IllegalArgumentException("row %d of the last batch of %d rows did not ask for logits"
                    .formatted(row, batch.size()));
        }
        sampler.enter();
        try {
            int token = LlamaFfm.lf_sampler_sample(sampler.pointer(), pointer(), row);
            NativeSampler.require(token, "no token could be sampled");
            return token;
        } finally {
            sampler.exit();
        }
    }

    @Override
    void stopCalls() {
        resources.flag.close();
    }

    @Override
    void beforeFree() {
        sequences.closeAll();
    }

    @Override
    void afterFree() {
        resources.free(isPoisoned());
        NativeLog.drain();
    }
}
