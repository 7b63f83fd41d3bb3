package io.github.llamaffm.internal.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads one state, after all of it was found to be whole. */
public final class StateReader {

    private static final int BLOCK = 1 << 18;

    private final StateSource source;
    private final StateHeader header;
    private long position;

    private StateReader(StateSource source, StateHeader header, long payloadStart) {
        this.source = source;
        this.header = header;
        this.position = payloadStart;
    }

    /**
     * Checks length and checksum, then reads the header.
     *
     * @throws BadStateException if the bytes are no state, of another version, truncated or changed
     * @throws IOException if they cannot be read
     */
    public static StateReader open(StateSource source) throws IOException {
        long size = source.size();
        ByteBuffer prefix = ByteBuffer.allocate((int) Math.min(size, StateHeader.PREFIX_LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
        source.read(0, prefix);
        prefix.flip();
        byte[] magic = new byte[Math.min(StateHeader.MAGIC.length, prefix.remaining())];
        prefix.get(magic);
        if (!Arrays.equals(magic, StateHeader.MAGIC)) {
            throw new BadStateException("is not a saved state: it does not start with the letters LLAMAFFM");
        }
        if (size < StateHeader.PREFIX_LENGTH) {
            throw new BadStateException("is truncated: it has %d bytes, a state has at least %d"
                    .formatted(size, StateHeader.PREFIX_LENGTH));
        }
        int version = prefix.getInt();
        if (version != StateHeader.VERSION) {
            throw new BadStateException("is of format version %s; version %d can be read"
                    .formatted(Integer.toUnsignedString(version), StateHeader.VERSION));
        }
        int headerLength = prefix.getInt();
        long totalLength = prefix.getLong();
        if (totalLength != size) {
            throw new BadStateException("%s: it has %d bytes and was written with %s".formatted(
                    Long.compareUnsigned(totalLength, size) > 0 ? "is truncated" : "has bytes after its end",
                    size, Long.toUnsignedString(totalLength)));
        }
        requireChecksum(source, size - StateHeader.CHECKSUM_LENGTH);
        long payloadLength = size - StateHeader.PREFIX_LENGTH - headerLength - StateHeader.CHECKSUM_LENGTH;
        if (headerLength < 0 || payloadLength < 0) {
            throw new BadStateException("has a header of %s bytes".formatted(Integer.toUnsignedString(headerLength)));
        }
        ByteBuffer bytes = ByteBuffer.allocate(headerLength);
        source.read(StateHeader.PREFIX_LENGTH, bytes);
        try {
            return new StateReader(source, StateHeader.decode(bytes.flip(), payloadLength),
                    (long) StateHeader.PREFIX_LENGTH + headerLength);
        } catch (java.nio.BufferUnderflowException _) {
            throw new BadStateException("has a header of %d bytes, which are too few".formatted(headerLength));
        }
    }

    private static void requireChecksum(StateSource source, long length) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long at = 0; at < length; at += block.limit()) {
            block.clear().limit((int) Math.min(BLOCK, length - at));
            source.read(at, block);
            checksum.update(block.flip());
        }
        ByteBuffer stored = ByteBuffer.allocate(StateHeader.CHECKSUM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        source.read(length, stored);
        int expected = stored.flip().getInt();
        if (expected != (int) checksum.getValue()) {
            throw new BadStateException("was changed or damaged: its %d bytes have the checksum %08x, %08x was written with them"
                    .formatted(length, (int) checksum.getValue(), expected));
        }
    }

    /** What stands before the payload. */
    public StateHeader header() {
        return header;
    }

    /** Fills the buffer with the next bytes of the payload. */
    public void payload(ByteBuffer into) throws IOException {
        int length = into.remaining();
        source.read(position, into);
        position += length;
    }
}
