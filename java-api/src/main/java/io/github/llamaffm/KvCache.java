package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_memory_info;
import io.github.llamaffm.bindings.generated.lf_memory_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The native memory of a context, cell by cell. Ranges are of positions. For callers inside a call of the context. */
final class KvCache {

    private final NativeContext context;
    private final MemorySegment request;
    private final ForkCounter forks = new ForkCounter();
    private @Nullable Memory memory;
    private boolean keysPending;

    KvCache(NativeContext context) {
        this.context = context;
        // Also read by the worker thread of a virtual thread.
        this.request = lf_memory_request.allocate(Arena.ofAuto());
        lf_memory_request.context(request, context.pointer());
    }

    /**
     * What the memory object says of itself.
     *
     * @param rollback states that a sequence can go back to
     * @param canRemove whether tokens can be removed that others follow
     */
    private record Memory(KvCacheInfo info, int rollback, boolean canRemove) {}

    KvCacheInfo info() {
        return memory().info();
    }

    MemoryKind kind() {
        return memory().info().kind();
    }

    /** Whether tokens can be removed that others follow. */
    boolean canRemove() {
        return memory().canRemove();
    }

    /** The most tokens that a sequence's state can go back. */
    int rollback() {
        return memory().rollback();
    }

    ForkCounter forks() {
        return forks;
    }

    private Memory memory() {
        if (memory == null) {
            memory = describe();
        }
        return memory;
    }

    private Memory describe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = lf_memory_info.allocate(arena);
            check(LlamaFfm.lf_memory_describe(context.pointer(), out), "reading the memory's properties");
            ContextOptions options = context.options();
            int streams = lf_memory_info.n_stream(out);
            KvCacheInfo info = new KvCacheInfo(
                    kind(lf_memory_info.kind(out)),
                    streams == 1,
                    streams,
                    KvTypes.of(lf_memory_info.type_k(out)).orElse(options.keyType()),
                    KvTypes.of(lf_memory_info.type_v(out)).orElse(options.valueType()),
                    lf_memory_info.bytes(out),
                    lf_memory_info.can_shift(out),
                    lf_memory_info.can_truncate(out));
            return new Memory(info, lf_memory_info.n_rollback(out), lf_memory_info.can_remove(out));
        }
    }

    static MemoryKind kind(int value) {
        if (value == LlamaFfm.LF_MEMORY_NONE()) {
            return MemoryKind.NONE;
        } else if (value == LlamaFfm.LF_MEMORY_ATTENTION()) {
            return MemoryKind.ATTENTION;
        } else if (value == LlamaFfm.LF_MEMORY_SLIDING_WINDOW()) {
            return MemoryKind.SLIDING_WINDOW;
        } else if (value == LlamaFfm.LF_MEMORY_RECURRENT()) {
            return MemoryKind.RECURRENT;
        } else {
            return MemoryKind.HYBRID;
        }
    }

    /** Removes all of a sequence, where there can be anything. */
    void clear(int sequenceId) {
        if (context.hasMemory()) {
            remove(sequenceId, -1, -1);
        }
    }

    /**
     * Removes a range.
     *
     * @param from the first position; negative: from the start
     * @param to behind the last one; negative: to the end
     * @return false where llama.cpp refuses
     */
    boolean remove(int sequenceId, int from, int to) {
        range(sequenceId, from, to);
        return check(LlamaFfm.lf_memory_seq_rm(request), "removing tokens") == 1;
    }

    /** Moves the positions of a range. Their keys follow in {@link #update()}. */
    void shift(int sequenceId, int from, int to, int by) {
        range(sequenceId, from, to);
        lf_memory_request.shift(request, by);
        check(LlamaFfm.lf_memory_seq_add(request), "shifting tokens");
        keysPending = true;
    }

    /**
     * Copies a sequence to an empty one: its cells then belong to both, or, between streams, its tensor data is copied.
     *
     * @throws CancelledException where it was stopped while it waited for its turn
     */
    void copy(int sequenceId, int toSequenceId, Stop stop) {
        if (!takeTurn(stop)) {
            throw waitCancelled();
        }
        try {
            range(sequenceId, -1, -1);
            lf_memory_request.to_seq_id(request, toSequenceId);
            check(LlamaFfm.lf_memory_seq_cp(request), "copying a sequence");
        } finally {
            context.pool().giveBack();
        }
        forks.count(lf_memory_request.bytes(request));
    }

    /**
     * Computes the keys of shifted tokens, which llama.cpp would do within the next decode: a cancelled one would leave some
     * layers done and some not. Whoever saves a state calls this before.
     *
     * @return false where it was stopped while it waited for its turn
     */
    boolean update(Stop stop) {
        if (keysPending) {
            if (!takeTurn(stop)) {
                return false;
            }
            try {
                check(LlamaFfm.lf_memory_update(context.pointer()), "computing the keys of shifted tokens");
                keysPending = false;
            } finally {
                context.pool().giveBack();
            }
        }
        return true;
    }

    /** For what computes. */
    private boolean takeTurn(Stop stop) {
        ComputePool pool = context.pool();
        return pool.take(stop) && pool.attachOrGiveBack(context.pointer());
    }

    static CancelledException waitCancelled() {
        return new CancelledException("the wait for the threads of the context's pool was cancelled");
    }

    /** Cells in use of the stream of a sequence, those counted once that several share. */
    int usedCells(int sequenceId) {
        range(sequenceId, -1, -1);
        return check(LlamaFfm.lf_memory_used(request), "counting cells");
    }

    /** Whether what a sequence has in a range belongs to another one too. */
    boolean isShared(int sequenceId, int from, int to) {
        range(sequenceId, from, to);
        return check(LlamaFfm.lf_memory_shared(request), "looking for shared tokens") == 1;
    }

    /** Whether the cache still has what a token at that position would look at. */
    boolean canContinueAt(int sequenceId, int position) {
        if (context.model().info().windowSize() == 0 || position == 0) {
            return true;
        }
        range(sequenceId, position, -1);
        return check(LlamaFfm.lf_memory_window_kept(request), "looking into the window") == 1;
    }

    /** Frees what no later token can look at; whether there was any. */
    boolean dropMasked() {
        return context.model().info().windowSize() > 0
                && check(LlamaFfm.lf_memory_drop_masked(context.pointer()), "cleaning the window") > 0;
    }

    private void range(int sequenceId, int from, int to) {
        lf_memory_request.seq_id(request, sequenceId);
        lf_memory_request.p0(request, from);
        lf_memory_request.p1(request, to);
    }

    private int check(int result, String operation) {
        if (result >= 0) {
            return result;
        }
        NativeError error = NativeError.last();
        if (error.isShutdown()) {
            throw new ShutdownException();
        }
        if (result == LlamaFfm.LF_ERROR_FAILED() && context.flag().isClosed()) {
            // No thread is left in a graph: it looked at the flag, and ended.
            throw new CancelledException(operation + " was cancelled: the context is being closed");
        }
        if (result != LlamaFfm.LF_ERROR_ARGUMENT()) {
            context.poison(operation, error);
        }
        throw new DecodeException(operation + " failed: " + error.summary(), result, error.log());
    }
}
