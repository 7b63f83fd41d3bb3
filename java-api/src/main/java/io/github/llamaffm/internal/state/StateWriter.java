package io.github.llamaffm.internal.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes one state: {@link #begin}, the payload piece by piece, {@link #end}. */
public final class StateWriter {

    private final StateSink sink;
    private final StateHeader header;
    private final CRC32C checksum = new CRC32C();
    private long payload;

    /** @param sink takes the bytes */
    public StateWriter(StateSink sink, StateHeader header) {
        this.sink = sink;
        this.header = header;
    }

    /** Writes everything before the payload. */
    public void begin() throws IOException {
        write(header.encode());
    }

    /** Writes the next bytes of the payload. */
    public void payload(ByteBuffer piece) throws IOException {
        payload += piece.remaining();
        write(piece);
    }

    /** Writes the checksum. */
    public void end() throws IOException {
        if (payload != header.payloadLength()) {
            throw new IOException("%d bytes of payload were written, %d were announced"
                    .formatted(payload, header.payloadLength()));
        }
        ByteBuffer value = ByteBuffer.allocate(StateHeader.CHECKSUM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        sink.write(value.putInt((int) checksum.getValue()).flip());
    }

    private void write(ByteBuffer bytes) throws IOException {
        checksum.update(bytes.duplicate());
        sink.write(bytes);
    }
}
