package io.github.llamaffm.internal.state;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the bytes of a state come from. */
public interface StateSource {

    /** Bytes there are. */
    long size() throws IOException;

    /** Fills the buffer with the bytes at a position. */
    void read(long position, ByteBuffer into) throws IOException;

    /** The bytes of an array. */
    static StateSource array(byte[] bytes) {
        return new StateSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void read(long position, ByteBuffer into) {
                into.put(bytes, (int) position, into.remaining());
            }
        };
    }

    /** The bytes of an open file. */
    static StateSource file(FileChannel channel) {
        return file(channel, 0);
    }

    /** The bytes of an open file from an offset on. */
    static StateSource file(FileChannel channel, long offset) {
        return new StateSource() {
            @Override
            public long size() throws IOException {
                return Math.max(0, channel.size() - offset);
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                long start = offset + position - into.position();
                while (into.hasRemaining()) {
                    if (channel.read(into, start + into.position()) < 0) {
                        throw new EOFException("the file ends at " + channel.size());
                    }
                }
            }
        };
    }
}
