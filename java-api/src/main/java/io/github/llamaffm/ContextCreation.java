package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_context_request;
import io.github.llamaffm.bindings.generated.llama_context_params;
import io.github.llamaffm.internal.CpuCount;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.MemorySegment;

/** Makes a {@code llama_context} as {@link ContextOptions} ask for it. */
final class ContextCreation {

    private final NativeModel model;
    private final ContextOptions options;

    ContextCreation(NativeModel model, ContextOptions options) {
        this.model = model;
        this.options = options;
    }

    /** In a call of the model. */
    NativeContext create() {
        // Fails for a damaged model: not when there is a native context already, which nobody would free.
        ModelTraits traits = model.info().traits();
        requirePossible(model.pointer(), traits, options);
        int contextSize = contextSize();
        ContextResources resources = ContextResources.create(options.threadPool()
                .map(ThreadPool::join)
                .orElseGet(this::ownPool));
        boolean created = false;
        try {
            MemorySegment request = request(resources, contextSize);
            // Nothing cancels this: a virtual thread that is interrupted stays so.
            NativeContext context = new NativeContext(model, options, resources,
                    () -> resources.worker().run(() -> newContext(request, contextSize), () -> {}));
            created = true;
            return context;
        } finally {
            if (!created) {
                resources.free(false);
            }
            if (options.pooling().isPresent()) {
                // llama.cpp warns of every pooling that is not the model's own.
                NativeLog.drainExpected();
            } else {
                NativeLog.drain();
            }
        }
    }

    private ComputePool ownPool() {
        if (options.threads().isPresent()) {
            return OwnPool.start(options.threads().getAsInt());
        }
        CpuCount cpus = CpuCount.ofThisProcess();
        return OwnPool.start(cpus.batches(), cpus.tokens());
    }

    /** Refuses what llama.cpp would answer with an abort or with wrong numbers; a plan is not made for it either. */
    static void requirePossible(MemorySegment model, ModelTraits traits, ContextOptions options) {
        EmbeddingContexts.check(model, traits, options);
        // llama.cpp aborts: its cross attention wants rows in their order.
        if (LlamaFfm.llama_model_has_encoder(model) && options.maxSequences() > 1 && !options.unifiedCache().orElse(true)) {
            throw new IllegalArgumentException(
                    "several sequences of an encoder-decoder model need a unified cache: leave unifiedCache at its default");
        }
        // llama.cpp writes past the end of its buffers: these decoders attend without flash attention whatever it is set to.
        if (LlamaFfm.llama_model_has_encoder(model) && LlamaFfm.llama_model_has_decoder(model)
                && KvTypes.isQuantised(options.valueType())) {
            throw new IllegalArgumentException(
                    "valueType %s needs flash attention, which an encoder-decoder model does not use: choose F16, BF16 or F32"
                            .formatted(options.valueType()));
        }
    }

    private int contextSize() {
        MemoryMeter meter = new MemoryMeter(model.pointer(), MemorySegment.NULL, options);
        int trained = Math.max(model.info().trainedContextSize(), 1);
        return new MemoryPlanner(meter, MemoryLimits.now(model.options(), true), options).contextSize(trained);
    }

    private static MemorySegment newContext(MemorySegment request, int contextSize) {
        MemorySegment raw = LlamaFfm.lf_context_new(request);
        if (raw.address() == 0) {
            throw failure(NativeError.last(), "cannot create a context of " + contextSize + " tokens");
        }
        return raw;
    }

    private MemorySegment request(ContextResources resources, int contextSize) {
        // Shared with the worker thread of a virtual thread.
        MemorySegment request = lf_context_request.allocate(resources.memory());
        lf_context_request.model(request, model.pointer());
        lf_context_request.cancel(request, resources.flag().struct());
        lf_context_request.threadpool(request, resources.pool().segment());
        MemorySegment params = lf_context_request.params(request);
        writeParams(params, model.pointer(), options, resources.pool().threads(), contextSize);
        llama_context_params.n_threads(params, resources.pool().tokenThreads());
        return request;
    }

    /** What a context is made with, and what its plan is for. */
    static void writeParams(
            MemorySegment params, MemorySegment model, ContextOptions options, int threads, int contextSize) {
        LlamaFfm.lf_context_default_params(params);
        // With an encoder llama.cpp puts out as many rows as a batch has, which the context bounds, and aborts where they are
        // fewer than the sequences.
        int least = LlamaFfm.llama_model_has_encoder(model) ? options.maxSequences() : 1;
        llama_context_params.n_ctx(params, Math.max(contextSize, least));
        llama_context_params.n_batch(params, Math.max(options.batchSize(), least));
        llama_context_params.n_ubatch(params, Math.min(options.ubatchSize(), options.batchSize()));
        llama_context_params.n_seq_max(params, options.maxSequences());
        llama_context_params.n_outputs_max(params, maxOutputs(LlamaFfm.llama_model_has_encoder(model), options));
        llama_context_params.n_threads(params, threads);
        llama_context_params.n_threads_batch(params, threads);
        llama_context_params.flash_attn_type(params, switch (options.flashAttention()) {
            case AUTO -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_AUTO();
            case ON -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_ENABLED();
            case OFF -> LlamaFfm.LLAMA_FLASH_ATTN_TYPE_DISABLED();
        });
        llama_context_params.type_k(params, KvTypes.ggmlType(options.keyType()));
        llama_context_params.type_v(params, KvTypes.ggmlType(options.valueType()));
        llama_context_params.kv_unified(params, unified(options));
        llama_context_params.swa_full(params, options.fullSlidingWindow());
        llama_context_params.n_rs_seq(params, options.recurrentRollback());
        llama_context_params.no_perf(params, false);
        llama_context_params.offload_kqv(params, options.offloadKvCache());
        llama_context_params.attention_type(params, switch (options.attention()) {
            case MODEL -> LlamaFfm.LLAMA_ATTENTION_TYPE_UNSPECIFIED();
            case CAUSAL -> LlamaFfm.LLAMA_ATTENTION_TYPE_CAUSAL();
            case NON_CAUSAL -> LlamaFfm.LLAMA_ATTENTION_TYPE_NON_CAUSAL();
        });
        writeRope(params, options.ropeScaling());
        EmbeddingContexts.write(params, model, options);
    }

    private static void writeRope(MemorySegment params, RopeScaling rope) {
        llama_context_params.rope_scaling_type(params, switch (rope.type()) {
            case MODEL -> LlamaFfm.LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED();
            case NONE -> LlamaFfm.LLAMA_ROPE_SCALING_TYPE_NONE();
            case LINEAR -> LlamaFfm.LLAMA_ROPE_SCALING_TYPE_LINEAR();
            case YARN -> LlamaFfm.LLAMA_ROPE_SCALING_TYPE_YARN();
            case LONGROPE -> LlamaFfm.LLAMA_ROPE_SCALING_TYPE_LONGROPE();
        });
        rope.frequencyBase().ifPresent(value -> llama_context_params.rope_freq_base(params, (float) value));
        rope.frequencyScale().ifPresent(value -> llama_context_params.rope_freq_scale(params, (float) value));
        rope.yarnOriginalContext().ifPresent(value -> llama_context_params.yarn_orig_ctx(params, value));
        rope.yarnExtrapolation().ifPresent(value -> llama_context_params.yarn_ext_factor(params, (float) value));
        rope.yarnAttention().ifPresent(value -> llama_context_params.yarn_attn_factor(params, (float) value));
        rope.yarnBetaFast().ifPresent(value -> llama_context_params.yarn_beta_fast(params, (float) value));
        rope.yarnBetaSlow().ifPresent(value -> llama_context_params.yarn_beta_slow(params, (float) value));
    }

    /** Whether all sequences share one cache. */
    static boolean unified(ContextOptions options) {
        return options.unifiedCache().orElse(options.maxSequences() > 1);
    }

    /** Rows of one batch that may ask for logits. */
    static int maxOutputs(ContextOptions options) {
        return options.pooling().isPresent()
                ? Integer.MAX_VALUE
                : options.maxOutputs().orElse(options.maxSequences());
    }

    /** Rows that one computation may put out: an encoder puts out all of its rows, and llama.cpp aborts where they are more. */
    static int maxOutputs(NativeModel model, ContextOptions options) {
        return maxOutputs(model.info().hasEncoder(), options);
    }

    private static int maxOutputs(boolean hasEncoder, ContextOptions options) {
        return hasEncoder
                ? Math.max(maxOutputs(options), Math.min(options.ubatchSize(), options.batchSize()))
                : maxOutputs(options);
    }

    static LlamaException failure(NativeError error, String what) {
        if (error.isRemote()) {
            return RpcException.of(what, error);
        }
        return error.isShutdown()
                ? new ShutdownException()
                : new ContextCreationException(what + ": " + error.summary(), error.log());
    }
}
