package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_piece;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Native memory for the bytes of one token, reused, and collected with this. One thread. */
final class PieceBuffer {

    private static final int USUAL_BYTES = 256;

    private final NativeTokenizer tokenizer;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment piece = lf_piece.allocate(arena);
    private MemorySegment data = MemorySegment.NULL;

    /** @param special whether control tokens have a text */
    PieceBuffer(NativeTokenizer tokenizer, boolean special) {
        this.tokenizer = tokenizer;
        lf_piece.special(piece, special);
        setCapacity(USUAL_BYTES);
    }

    /** In a call of the model: reads the bytes of a token, for {@link #copyTo}, and returns their number. */
    int read(int token) {
        int length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        if (isNeeded(length)) {
            setCapacity(-length);
            length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        }
        if (length < 0) {
            throw NativeTokenizer.failure(length, "cannot decode token " + token);
        }
        return length;
    }

    /** The first bytes of what was read. */
    void copyTo(byte[] out, int length) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, out, 0, length);
    }

    /** Whether a result is the length that a piece needs. A status is negative too, and asks for retries in vain. */
    private boolean isNeeded(int result) {
        boolean status = result <= LlamaFfm.LF_ERROR_EXCEPTION() && result >= LlamaFfm.LF_ERROR_CANCELLED();
        return result < 0 && -result > data.byteSize() && !status;
    }

    private void setCapacity(int capacity) {
        data = arena.allocate(capacity);
        lf_piece.data(piece, data);
        lf_piece.capacity(piece, capacity);
    }
}
