package io.github.llamaffm.chat;

import io.github.llamaffm.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The end of the text that tokens spell, each of its bytes as one char, in which tags are looked for. */
final class TokenText {

    /** Longer tags are not looked for behind text that came before. */
    private static final int KEPT = 256;

    private final Tokenizer tokenizer;
    private final StringBuilder text = new StringBuilder();
    private int added;

    TokenText(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** A text as this has it. */
    static String bytes(String text) {
        return latin(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void add(int token) {
        byte[] piece = tokenizer.piece(token);
        String more = piece.length == 0 ? bytes(tokenizer.info(token).text()) : latin(piece);
        if (text.length() > 2 * KEPT) {
            text.delete(0, text.length() - KEPT);
        }
        text.append(more);
        added = more.length();
    }

    /** Bytes of the token that was added last. */
    int added() {
        return added;
    }

    /**
     * Looks for tags that end in the token that was added last, and forgets all but what is behind the one that is found.
     *
     * @return bytes from the start of the first one on; 0: there is none
     */
    int find(List<String> tags) {
        int first = text.length();
        int end = 0;
        for (String tag : tags) {
            int at = text.indexOf(tag, Math.max(0, text.length() - added - tag.length() + 1));
            if (at >= 0 && at < first) {
                first = at;
                end = at + tag.length();
            }
        }
        int found = text.length() - first;
        if (found > 0) {
            text.delete(0, end);
            added = text.length();
        }
        return found;
    }

    /** Whether there is more than blanks and so many bytes. */
    boolean hasMoreThan(int bytes) {
        return text.toString().stripLeading().length() > bytes;
    }

    /** Text begins anew. */
    void forget() {
        text.setLength(0);
        added = 0;
    }

    void takeOver(TokenText other) {
        text.setLength(0);
        text.append(other.text);
        added = other.added;
    }
}
