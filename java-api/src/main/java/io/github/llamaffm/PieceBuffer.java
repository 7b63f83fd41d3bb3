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

    PieceBuffer(NativeTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        lf_piece.special(piece, true);
        setCapacity(USUAL_BYTES);
    }

    /** In a call of the model: copies the bytes of a token and returns their number. */
    int read(int token, byte[] out) {
        int length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        if (NativeTokenizer.isNeeded(length, (int) data.byteSize())) {
            setCapacity(-length);
            length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        }
        if (length < 0) {
            throw NativeTokenizer.failure(length, "cannot decode token " + token);
        }
        if (length > out.length) {
            throw new IllegalArgumentException("the piece of token %d has %d bytes, %d are given".formatted(token, length, out.length));
        }
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, out, 0, length);
        return length;
    }

    private void setCapacity(int capacity) {
        data = arena.allocate(capacity);
        lf_piece.data(piece, data);
        lf_piece.capacity(piece, capacity);
    }
}
