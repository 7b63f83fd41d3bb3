package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8Decoder;

/** Turns the tokens of one answer into text. */
final class PieceReader {

    private static final int USUAL_BYTES = 256;

    private final PieceBuffer piece;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private byte[] bytes = new byte[USUAL_BYTES];

    PieceReader(NativeTokenizer tokenizer) {
        piece = new PieceBuffer(tokenizer, false);
    }

    /** Appends the characters that are complete with this token. Control tokens have no text. */
    void read(int token, StringBuilder out) {
        int length = piece.read(token);
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        piece.copyTo(bytes, length);
        decoder.decode(bytes, length, out);
    }

    /** Ends the text: a character that is still incomplete becomes U+FFFD. */
    void finish(StringBuilder out) {
        decoder.finish(out);
    }
}
