package io.github.llamaffm.internal.state;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a state go, in order. */
@FunctionalInterface
public interface StateSink {

    /** Takes all bytes that remain. */
    void write(ByteBuffer bytes) throws IOException;

    /** Fills an array, which must be large enough. */
    static StateSink array(byte[] target) {
        ByteBuffer all = ByteBuffer.wrap(target);
        return all::put;
    }
}
