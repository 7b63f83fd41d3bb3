package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8Decoder;
import java.util.BitSet;
import java.util.Set;

/** Turns the tokens of one answer into text. */
final class PieceReader {

    private static final int USUAL_BYTES = 256;

    private final PieceBuffer piece;
    private final PieceBuffer visiblePiece;
    private final BitSet visible = new BitSet();
    private final Utf8Decoder decoder = new Utf8Decoder();
    private byte[] bytes = new byte[USUAL_BYTES];

    /** @param visible tokens that have a text although they are control tokens */
    PieceReader(NativeTokenizer tokenizer, Set<Integer> visible) {
        piece = new PieceBuffer(tokenizer, false);
        visiblePiece = visible.isEmpty() ? piece : new PieceBuffer(tokenizer, true);
        visible.forEach(this.visible::set);
    }

    /** Whether a token has a text although it is a control token. */
    boolean isVisible(int token) {
        return visible.get(token);
    }

    /** Appends the characters that are complete with this token. Control tokens have no text, but for the visible ones. */
    void read(int token, StringBuilder out) {
        PieceBuffer reader = isVisible(token) ? visiblePiece : piece;
        int length = reader.read(token);
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        reader.copyTo(bytes, length);
        decoder.decode(bytes, length, out);
    }

    /** Ends the text: a character that is still incomplete becomes U+FFFD. */
    void finish(StringBuilder out) {
        decoder.finish(out);
    }
}
