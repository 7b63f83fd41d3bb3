package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_threadpool_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A {@code ggml_threadpool} of one context. */
record OwnPool(int threads, int tokenThreads, MemorySegment segment) implements ComputePool {

    /** How eagerly the threads look for work before they sleep: what llama.cpp's tools use. */
    private static final int POLL = 50;

    static OwnPool start(int threads) {
        return start(threads, threads);
    }

    /** @param tokenThreads how many of them compute one token; the others sleep meanwhile */
    static OwnPool start(int threads, int tokenThreads) {
        return new OwnPool(threads, tokenThreads, startThreads(threads));
    }

    /** Calls {@code ggml_threadpool_new}. */
    static MemorySegment startThreads(int threads) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_threadpool_request.allocate(arena);
            lf_threadpool_request.n_threads(request, threads);
            lf_threadpool_request.poll(request, POLL);
            MemorySegment threadpool = LlamaFfm.lf_threadpool_new(request);
            if (threadpool.address() == 0) {
                throw ContextCreation.failure(NativeError.last(), "cannot start " + threads + " threads");
            }
            return threadpool;
        }
    }

    /** Before the context is freed: the threads may be using its memory. */
    @Override
    public void replaceBroken() {
        LlamaFfm.lf_threadpool_abandon(segment);
    }

    @Override
    public void free(boolean poisoned) {
        if (!poisoned) {
            LlamaFfm.lf_threadpool_free(segment);
        }
    }
}
