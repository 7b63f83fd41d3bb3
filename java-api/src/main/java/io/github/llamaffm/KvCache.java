package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;

/** The native memory of a context, cell by cell. For callers inside a call of the context. */
final class KvCache {

    private final NativeContext context;
    private final boolean recurrent;

    /** Tokens of the window of some layers; 0: attention sees everything, or keeps everything. */
    private final int window;

    KvCache(NativeContext context) {
        this.context = context;
        this.recurrent = context.model().info().isRecurrent();
        this.window = context.options().fullSlidingWindow() ? 0 : context.model().info().slidingWindow();
    }

    /** Whether a state takes the place of cells, in some layers at least. */
    boolean isRecurrent() {
        return recurrent;
    }

    /**
     * Whether a sequence can go back after so many more tokens, at whatever point they were stopped. Within one ubatch no cell is
     * written over that the next token of its sequence would see.
     */
    boolean goesBackAfter(int tokens) {
        return !recurrent && (window == 0 || tokens <= context.ubatchSize());
    }

    /**
     * Removes cells of a sequence.
     *
     * @param from position of the first one to remove; 0: all
     * @return false where this memory cannot remove that part
     */
    boolean remove(int sequenceId, int from) {
        int result = LlamaFfm.lf_memory_seq_rm(context.pointer(), sequenceId, from == 0 ? -1 : from, -1);
        if (result == LlamaFfm.LF_ERROR_EXCEPTION() || result == LlamaFfm.LF_ERROR_ABORT()) {
            NativeError error = NativeError.last();
            context.poison("removal of tokens", error);
            throw new DecodeException("removing tokens failed: " + error.summary(), result, error.log());
        }
        return result == 1;
    }

    /** Whether the cache still has what a token at that position would look at. */
    boolean canContinueAt(int sequenceId, int position) {
        if (window == 0 || position == 0) {
            return true;
        }
        int first = LlamaFfm.llama_memory_seq_pos_min(LlamaFfm.llama_get_memory(context.pointer()), sequenceId);
        return first <= Math.max(0, position - window);
    }
}
