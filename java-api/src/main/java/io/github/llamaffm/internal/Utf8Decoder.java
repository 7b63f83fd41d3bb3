package io.github.llamaffm.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Makes text of UTF-8 that arrives in pieces which may end inside a character. Used by one thread at a time.
 *
 * <p>All pieces together give exactly what {@code new String(bytes, UTF_8)} gives for all bytes together: each malformed
 * part becomes U+FFFD. A character is handed out as a whole, never half of a surrogate pair.
 */
public final class Utf8Decoder {

    private static final int MAX_INCOMPLETE = 3;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer bytes = ByteBuffer.allocate(64);
    private CharBuffer chars = CharBuffer.allocate(64);

    /** Appends to {@code out} every character that is complete now. */
    public void decode(byte[] piece, int length, StringBuilder out) {
        if (bytes.position() == 0 && isAscii(piece, length)) {
            // As a rule, and then it needs no charset decoder.
            for (int i = 0; i < length; i++) {
                out.append((char) piece[i]);
            }
            return;
        }
        makeRoom(bytes.position() + length);
        bytes.put(piece, 0, length).flip();
        decoder.decode(bytes, chars, false);
        bytes.compact();
        drain(out);
    }

    /** Ends the text: appends U+FFFD to {@code out} where a character is still incomplete, and starts anew. */
    public void finish(StringBuilder out) {
        bytes.flip();
        decoder.decode(bytes, chars, true);
        decoder.flush(chars);
        decoder.reset();
        bytes.clear();
        drain(out);
    }

    private static boolean isAscii(byte[] piece, int length) {
        int all = 0;
        for (int i = 0; i < length; i++) {
            all |= piece[i];
        }
        return all >= 0;
    }

    private void drain(StringBuilder out) {
        chars.flip();
        out.append(chars);
        chars.clear();
    }

    /** UTF-8 never has fewer bytes than chars, so buffers of one size are enough for both. */
    private void makeRoom(int needed) {
        if (needed + MAX_INCOMPLETE > bytes.capacity()) {
            int capacity = Math.max(2 * bytes.capacity(), needed + MAX_INCOMPLETE);
            bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
            chars = CharBuffer.allocate(capacity);
        }
    }
}
