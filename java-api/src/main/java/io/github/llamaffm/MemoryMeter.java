package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_plan_part;
import io.github.llamaffm.bindings.generated.lf_plan_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tells what contexts of a model take, without making them. */
final class MemoryMeter {

    /** llama.cpp itself has no more ({@code GGML_SCHED_MAX_BACKENDS}, {@code llama_max_devices}). */
    private static final int MAX_PARTS = 17;

    /** A larger context is not measured: the table of its cells takes real memory, 48 bytes for each. */
    private static final int LARGEST_MEASURED = 131_072;

    private final MemorySegment model;
    private final MemorySegment load;
    private final ContextOptions options;
    private final Map<Integer, MemoryUse> measured = new TreeMap<>();

    /**
     * @param model in use until the last call
     * @param load how the weights will be loaded that the model lacks; NULL: it has them
     */
    MemoryMeter(MemorySegment model, MemorySegment load, ContextOptions options) {
        this.model = model;
        this.load = load;
        this.options = options;
    }

    /**
     * Whether a context certainly fits beside the loaded weights. Quick, because it asks little: false where it may fit all
     * the same.
     */
    boolean surelyFits(int contextSize, MemoryLimits limits) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_plan_request.allocate(arena);
            lf_plan_request.model(request, model);
            ContextCreation.writeParams(lf_plan_request.params(request), model, options, 1, contextSize);
            require(LlamaFfm.lf_plan_bound(request), contextSize);
            return lf_plan_request.count(request) == 1
                    && limits.surelyFit(lf_plan_request.weights(request), lf_plan_request.mapped(request),
                            lf_plan_request.bound(request));
        }
    }

    /** Exactly; a context of more than 131,072 tokens is extrapolated. */
    MemoryUse measure(int contextSize) {
        int exact = Math.max(LARGEST_MEASURED, 2 * Math.min(options.ubatchSize(), options.batchSize()));
        if (contextSize <= exact) {
            return measured.computeIfAbsent(contextSize,
                    size -> ask(size, MemorySegment.NULL));
        }
        return measure(exact / 2).extrapolate(measure(exact), rounded(contextSize));
    }

    /** What a context that exists takes; in a call of it. */
    static MemoryUse of(NativeModel model, NativeContext context) {
        return new MemoryMeter(model.pointer(), MemorySegment.NULL, context.options())
                .ask(context.size(), context.pointer());
    }

    /** Tokens of a context, between which there are no sizes. */
    int step() {
        return MemoryUse.STEP * streams();
    }

    /** Parts of the cache that do not share their cells. */
    private int streams() {
        return ContextCreation.unified(options) ? 1 : options.maxSequences();
    }

    private long rounded(int contextSize) {
        return roundUp(roundUp(contextSize) / streams()) * streams();
    }

    private static long roundUp(long tokens) {
        return (tokens + MemoryUse.STEP - 1) / MemoryUse.STEP * MemoryUse.STEP;
    }

    private MemoryUse ask(int contextSize, MemorySegment context) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_plan_request.allocate(arena);
            MemorySegment parts = lf_plan_part.allocateArray(MAX_PARTS, arena);
            lf_plan_request.model(request, model);
            lf_plan_request.load(request, load);
            lf_plan_request.context(request, context);
            lf_plan_request.parts(request, parts);
            lf_plan_request.capacity(request, MAX_PARTS);
            ContextCreation.writeParams(lf_plan_request.params(request), model, options, 1, contextSize);
            require(LlamaFfm.lf_plan_measure(request), contextSize);
            List<MemoryUse.Part> result = new ArrayList<>();
            for (int i = 0; i < lf_plan_request.count(request); i++) {
                result.add(part(lf_plan_part.asSlice(parts, i)));
            }
            return new MemoryUse(lf_plan_request.n_ctx(request), Math.max(lf_plan_request.n_ctx_train(request), 1),
                    List.copyOf(result));
        }
    }

    private static void require(int status, int contextSize) {
        if (status != LlamaFfm.LF_OK()) {
            throw ContextCreation.failure(NativeError.last(), "cannot plan a context of " + contextSize + " tokens");
        }
    }

    private static MemoryUse.Part part(MemorySegment part) {
        return new MemoryUse.Part(
                NativeRuntime.device(lf_plan_part.device(part)),
                lf_plan_part.weights(part),
                lf_plan_part.mapped(part),
                lf_plan_part.kv_cache(part),
                lf_plan_part.compute(part));
    }
}
