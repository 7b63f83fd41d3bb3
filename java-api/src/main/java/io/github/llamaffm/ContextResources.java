package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_threadpool_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What lives as long as a context, and is freed after it. */
record ContextResources(Arena memory, CancelFlag flag, int threads, MemorySegment threadpool, Worker worker) {

    /** How eagerly the pool's threads look for work before they sleep: what llama.cpp's tools use. */
    private static final int POLL = 50;

    static ContextResources create(int threads) {
        Arena memory = Arena.ofShared();
        MemorySegment request = lf_threadpool_request.allocate(memory);
        lf_threadpool_request.n_threads(request, threads);
        lf_threadpool_request.poll(request, POLL);
        MemorySegment threadpool = LlamaFfm.lf_threadpool_new(request);
        if (threadpool.address() == 0) {
            memory.close();
            throw ContextCreation.failure(NativeError.last(), "cannot start " + threads + " threads");
        }
        return new ContextResources(memory, new CancelFlag(memory), threads, threadpool, new Worker("llama-ffm-context"));
    }

    /** @param graphLeft whether a graph was left in the middle: the pool's threads wait in it for ever: they cannot be joined */
    void free(boolean graphLeft) {
        worker.close();
        if (!graphLeft) {
            LlamaFfm.lf_threadpool_free(threadpool);
        }
        memory.close();
    }
}
