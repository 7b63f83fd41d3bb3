package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_piece;
import io.github.llamaffm.internal.Utf8Decoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Turns the tokens of one answer into text. Its memory is reused for each token, and collected with it. */
final class PieceReader {

    private static final int USUAL_BYTES = 256;

    private final NativeTokenizer tokenizer;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment piece = lf_piece.allocate(arena);
    private final Utf8Decoder decoder = new Utf8Decoder();
    private MemorySegment data;
    private byte[] bytes;

    PieceReader(NativeTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        setCapacity(USUAL_BYTES);
    }

    /** Appends the characters that are complete with this token. Control tokens have no text. */
    void read(int token, StringBuilder out) {
        int length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        if (NativeTokenizer.isNeeded(length, bytes.length)) {
            setCapacity(-length);
            length = LlamaFfm.lf_token_to_piece(tokenizer.vocab(), piece, token);
        }
        if (length < 0) {
            throw NativeTokenizer.failure(length, "cannot decode token " + token);
        }
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
        decoder.decode(bytes, length, out);
    }

    /** Ends the text: a character that is still incomplete becomes U+FFFD. */
    void finish(StringBuilder out) {
        decoder.finish(out);
    }

    private void setCapacity(int capacity) {
        data = arena.allocate(capacity);
        bytes = new byte[capacity];
        lf_piece.data(piece, data);
        lf_piece.capacity(piece, capacity);
    }
}
