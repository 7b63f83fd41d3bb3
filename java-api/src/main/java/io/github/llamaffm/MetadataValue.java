package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8;

/** What a metadata key is to say instead of what the file says. See {@link ModelOptions#metadataOverrides()}. */
public sealed interface MetadataValue {

    /** An integer, for keys of any integer type. */
    static MetadataValue of(long value) {
        return new Int(value);
    }

    /** A number, for keys of type float32 or float64. */
    static MetadataValue of(double value) {
        return new Number(value);
    }

    /** A boolean. */
    static MetadataValue of(boolean value) {
        return new Flag(value);
    }

    /** A text of at most {@value Text#MAX_BYTES} bytes of UTF-8. */
    static MetadataValue of(String value) {
        return new Text(value);
    }

    /**
     * An integer.
     *
     * @param value that the type of the key in the file can hold
     */
    record Int(long value) implements MetadataValue {}

    /**
     * A number.
     *
     * @param value of which llama.cpp uses the precision of a float
     */
    record Number(double value) implements MetadataValue {}

    /**
     * A boolean.
     *
     * @param value true or false
     */
    record Flag(boolean value) implements MetadataValue {}

    /**
     * A text.
     *
     * @param value at most {@value #MAX_BYTES} bytes of UTF-8, without U+0000
     */
    record Text(String value) implements MetadataValue {

        static final int MAX_BYTES = 127;

        /** Checks the length. */
        public Text {
            requireFit("a metadata text", value);
        }

        static void requireFit(String what, String text) {
            int bytes = Utf8.encode(text).length;
            if (bytes > MAX_BYTES || text.indexOf(0) >= 0) {
                throw new IllegalArgumentException("%s has at most %d bytes and no U+0000; this one has %d bytes"
                        .formatted(what, MAX_BYTES, bytes));
            }
        }
    }
}
