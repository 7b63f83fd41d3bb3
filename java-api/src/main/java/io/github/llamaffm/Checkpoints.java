package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_checkpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What cannot be removed from a memory again, saved before it changes: recurrent states, and the windows of sliding-window
 * layers. The buffers are reused, and collected with this. For callers inside a call of the context.
 */
final class Checkpoints {

    private static final long ALIGNMENT = 64;

    private final NativeContext context;
    private final MemorySegment[] requests;

    Checkpoints(NativeContext context) {
        this.context = context;
        this.requests = new MemorySegment[context.maxSequences()];
    }

    /** Saves what a sequence has now; false where there is nothing that could be saved. */
    boolean take(int sequenceId) {
        MemorySegment request = requests[sequenceId];
        if (request == null) {
            request = lf_checkpoint.allocate(Arena.ofAuto());
            requests[sequenceId] = request;
        }
        lf_checkpoint.context(request, context.pointer());
        lf_checkpoint.seq_id(request, sequenceId);
        boolean done = succeeded(LlamaFfm.lf_checkpoint_take(request), "checkpoint");
        long size = lf_checkpoint.size(request);
        if (done && size > lf_checkpoint.capacity(request)) {
            // The struct does not keep its buffer alive: one arena for both.
            Arena arena = Arena.ofAuto();
            MemorySegment larger = lf_checkpoint.allocate(arena).copyFrom(request);
            long capacity = size + size / 2;
            lf_checkpoint.data(larger, arena.allocate(capacity, ALIGNMENT));
            lf_checkpoint.capacity(larger, capacity);
            requests[sequenceId] = larger;
            done = succeeded(LlamaFfm.lf_checkpoint_take(larger), "checkpoint");
        }
        return done;
    }

    /** Brings back what {@link #take} saved last; false where the sequence has to be cleared. */
    boolean restore(int sequenceId) {
        return succeeded(LlamaFfm.lf_checkpoint_restore(requests[sequenceId]), "return to a checkpoint");
    }

    private boolean succeeded(int status, String operation) {
        if (status == LlamaFfm.LF_ERROR_EXCEPTION() || status == LlamaFfm.LF_ERROR_ABORT()) {
            NativeError error = NativeError.last();
            context.poison(operation, error);
            throw new DecodeException("the %s failed: %s; close this context and make another one"
                    .formatted(operation, error.summary()), status, error.log());
        }
        return status == 0;
    }
}
