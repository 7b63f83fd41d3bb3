package io.github.llamaffm.bindings;

import java.lang.foreign.MemorySegment;

/** Reads the C strings that native functions return. Text that may be cut inside a character is bytes, not this. */
public final class NativeStrings {

    /** The longest string that {@link #read(MemorySegment)} accepts, in bytes: 16 MiB. */
    public static final long MAX_BYTES = 16L << 20;

    private NativeStrings() {}

    /**
     * Reads a NUL-terminated UTF-8 string of at most {@link #MAX_BYTES} bytes.
     *
     * @param string pointer to the first byte; its own size is ignored
     * @return the text, with U+FFFD for what is not UTF-8; empty for a NULL pointer
     * @throws IllegalStateException if there is no terminator within the limit
     */
    public static String read(MemorySegment string) {
        return read(string, MAX_BYTES);
    }

    /**
     * As {@link #read(MemorySegment)}, for at most {@code maxBytes} bytes without the terminator.
     *
     * @throws IllegalStateException if there is no terminator within the limit
     */
    public static String read(MemorySegment string, long maxBytes) {
        if (string.address() == 0) {
            return "";
        }
        MemorySegment bounded = string.reinterpret(Math.addExact(maxBytes, 1));
        try {
            return bounded.getString(0);
        } catch (IndexOutOfBoundsException _) {
            throw new IllegalStateException("native string without an end within " + maxBytes + " bytes");
        }
    }
}
