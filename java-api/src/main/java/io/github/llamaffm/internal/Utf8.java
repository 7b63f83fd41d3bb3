package io.github.llamaffm.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Text and UTF-8. */
public final class Utf8 {

    private Utf8() {}

    /**
     * The text as UTF-8.
     *
     * @throws IllegalArgumentException with the index of a surrogate without its other half, which Java would silently
     *     turn into a question mark
     */
    public static byte[] encode(String text) {
        int lone = loneSurrogate(text);
        if (lone >= 0) {
            throw new IllegalArgumentException("unpaired surrogate U+%04X at index %d of a text of %d chars"
                    .formatted((int) text.charAt(lone), lone, text.length()));
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The text of the first bytes, with U+FFFD for what is not UTF-8. */
    public static String decode(MemorySegment bytes, long length) {
        return new String(bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!paired) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
