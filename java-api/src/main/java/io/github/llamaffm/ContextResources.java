package io.github.llamaffm;

import java.lang.foreign.Arena;

/** What lives as long as a context, and is freed after it. */
record ContextResources(Arena memory, CancelFlag flag, ComputePool pool, Worker worker) {

    /** Takes the pool over: it is freed here where this fails. */
    static ContextResources create(ComputePool pool) {
        boolean made = false;
        try {
            Arena memory = Arena.ofShared();
            ContextResources resources = new ContextResources(
                    memory, new CancelFlag(memory, pool::wake), pool, new Worker("llama-ffm-context"));
            made = true;
            return resources;
        } finally {
            if (!made) {
                pool.free(false);
            }
        }
    }

    /** @param graphLeft whether a graph was left in the middle */
    void free(boolean graphLeft) {
        worker.close();
        pool.free(graphLeft);
        flag.end();
        memory.close();
    }
}
