package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_memory_part;
import io.github.llamaffm.bindings.generated.lf_memory_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

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

    /** Quickly, and usually several times too much. */
    MemoryUse bound(int contextSize) {
        return ask(contextSize, MemorySegment.NULL, LlamaFfm::lf_memory_bound);
    }

    /** Exactly; a context of more than 131,072 tokens is extrapolated. */
    MemoryUse measure(int contextSize) {
        int exact = Math.max(LARGEST_MEASURED, 2 * Math.min(options.ubatchSize(), options.batchSize()));
        if (contextSize <= exact) {
            return measured.computeIfAbsent(contextSize,
                    size -> ask(size, MemorySegment.NULL, LlamaFfm::lf_memory_measure));
        }
        return measure(exact / 2).extrapolate(measure(exact), rounded(contextSize));
    }

    /** What a context that exists takes; in a call of it. */
    static MemoryUse of(NativeModel model, NativeContext context) {
        return new MemoryMeter(model.pointer(), MemorySegment.NULL, context.options())
                .ask(context.size(), context.pointer(), LlamaFfm::lf_memory_measure);
    }

    /** Tokens of a context, between which there are no sizes. */
    int step() {
        return MemoryUse.STEP * streams();
    }

    /** Parts of the cache that do not share their cells. */
    int streams() {
        return ContextCreation.unified(options) ? 1 : options.maxSequences();
    }

    private long rounded(int contextSize) {
        return roundUp(roundUp(contextSize) / streams()) * streams();
    }

    private static long roundUp(long tokens) {
        return (tokens + MemoryUse.STEP - 1) / MemoryUse.STEP * MemoryUse.STEP;
    }

    private interface Question {
        int ask(MemorySegment request);
    }

    private MemoryUse ask(int contextSize, MemorySegment context, Question question) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_memory_request.allocate(arena);
            MemorySegment parts = lf_memory_part.allocateArray(MAX_PARTS, arena);
            lf_memory_request.model(request, model);
            lf_memory_request.load(request, load);
            lf_memory_request.context(request, context);
            lf_memory_request.parts(request, parts);
            lf_memory_request.capacity(request, MAX_PARTS);
            ContextCreation.writeParams(lf_memory_request.params(request), model, options, 1, contextSize);
            if (question.ask(request) != LlamaFfm.LF_OK()) {
                throw ContextCreation.failure(NativeError.last(), "cannot plan a context of " + contextSize + " tokens");
            }
            List<MemoryUse.Part> result = LongStream.range(0, lf_memory_request.count(request))
                    .mapToObj(i -> part(lf_memory_part.asSlice(parts, i)))
                    .toList();
            return new MemoryUse(lf_memory_request.n_ctx(request), Math.max(lf_memory_request.n_ctx_train(request), 1), result);
        }
    }

    private static MemoryUse.Part part(MemorySegment part) {
        return new MemoryUse.Part(
                NativeRuntime.device(lf_memory_part.device(part)),
                lf_memory_part.weights(part),
                lf_memory_part.mapped(part),
                lf_memory_part.kv_cache(part),
                lf_memory_part.compute(part));
    }
}
