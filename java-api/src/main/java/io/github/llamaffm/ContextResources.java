package io.github.llamaffm;

import java.lang.foreign.Arena;

/** What lives as long as a context, and is freed after it. */
record ContextResources(Arena memory, CancelFlag flag, ComputePool pool, Worker worker) {

    static ContextResources create(ComputePool pool) {
        Arena memory = Arena.ofShared();
        return new ContextResources(memory, new CancelFlag(memory, pool::wake), pool, new Worker("llama-ffm-context"));
    }

    /** @param graphLeft whether a graph was left in the middle */
    void free(boolean graphLeft) {
        worker.close();
        pool.free(graphLeft);
        flag.end();
        memory.close();
    }
}
