package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_state_request;
import io.github.llamaffm.bindings.generated.lf_state_transfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One pass of a state between native memory and Java, piece by piece. For one thread, in a call of the context. */
final class StateTransfer {

    /** What happens to a piece; the buffer is native memory, valid during the call. */
    interface Step {
        void accept(ByteBuffer piece) throws IOException;
    }

    /** Of all sequences. */
    static final int ALL = -1;

    private final NativeContext context;
    private final int sequenceId;
    private @Nullable Throwable thrown;

    StateTransfer(NativeContext context, int sequenceId) {
        this.context = context;
        this.sequenceId = sequenceId;
    }

    /** Bytes that there are to write. */
    long size() {
        try (Arena arena = Arena.ofConfined()) {
            return ContextStates.require(LlamaFfm.lf_state_size(request(arena)));
        }
    }

    /** Hands the bytes of the state out. */
    void write(Step step) throws IOException {
        transfer(step, LlamaFfm::lf_state_write, 0, "saving");
    }

    /** Fetches the bytes of a state. Where that fails nothing is left of the sequence in native memory, or of all of them. */
    void read(long size, Step step) throws IOException {
        transfer(step, LlamaFfm::lf_state_read, size, "restoring");
    }

    private void transfer(Step step, ToLongFunction<MemorySegment> function, long size, String what) throws IOException {
        context.worker().runOnFreshStack(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment request = request(arena);
                lf_state_request.size(request, size);
                lf_state_request.transfer(request, stub(step, arena));
                require(function.applyAsLong(request), what);
            }
            return null;
        });
        switch (thrown) {
            case null -> { }
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(thrown);
        }
    }

    private MemorySegment request(Arena arena) {
        MemorySegment request = lf_state_request.allocate(arena);
        lf_state_request.context(request, context.pointer());
        lf_state_request.seq_id(request, sequenceId);
        return request;
    }

    private MemorySegment stub(Step step, Arena arena) {
        return lf_state_transfer.allocate((address, size) -> {
            // An exception that left this would end the process.
            try {
                step.accept(Pointers.view(MemorySegment.ofAddress(address), size).asByteBuffer());
                return 1;
            } catch (Throwable e) {
                thrown = e;
                return 0;
            }
        }, arena);
    }

    /** On the thread of the call, whose error it is. What the caller threw says more. */
    private void require(long result, String what) {
        if (result == LlamaFfm.LF_ERROR_ABORT()) {
            context.poison(what + " of a state", NativeError.last());
        }
        if (thrown == null) {
            ContextStates.require(result);
        }
    }
}
