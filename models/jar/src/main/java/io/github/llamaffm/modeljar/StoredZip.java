package io.github.llamaffm.modeljar;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip file whose entries are all stored. {@code java.util.zip} can do that too, but neither choose where an
 * entry's data starts nor learn its CRC while it is copied.
 *
 * <p>Layout and names as in the .ZIP File Format Specification (APPNOTE), sections 4.3 and 4.5.3.
 */
final class StoredZip {

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END = 0x06054b50;

    private static final int LOCAL_HEADER_SIZE = 30;
    private static final int CRC_OFFSET = 14;
    private static final int ZIP64_FIELD = 0x0001;
    /** The field that Android's zipalign pads with: the alignment in two bytes, then zeros. */
    private static final int ALIGNMENT_FIELD = 0xd935;
    private static final int ALIGNMENT_FIELD_SIZE = 6;

    private static final short VERSION = 10;
    private static final short VERSION_ZIP64 = 45;
    private static final short UTF8_NAMES = 1 << 11;
    /** 1 February 1980: fixed, for equal jars; not the first day that zip knows, which time zones turn into 1979. */
    private static final int DATE_AND_TIME = (2 << 5 | 1) << 16;

    /** What 32 bits cannot hold; the value itself says "look into the zip64 field". */
    static final long ZIP64_LIMIT = 0xFFFF_FFFFL;

    private final FileChannel out;
    private final long zip64Limit;
    private final List<Entry> entries = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);

    /** Told from what fails while the model is read. */
    static final class WriteException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        private WriteException(String message, IOException cause) {
            super(message, cause);
        }
    }

    private record Entry(byte[] name, long size, int crc, long offset) {}

    StoredZip(FileChannel out) {
        this(out, ZIP64_LIMIT);
    }

    /** With a lower limit, so that a test sees zip64 without four gigabytes. */
    StoredZip(FileChannel out, long zip64Limit) {
        this.out = out;
        this.zip64Limit = zip64Limit;
    }

    void add(String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        Entry entry = new Entry(name.getBytes(StandardCharsets.UTF_8), content.length, (int) crc.getValue(), out.position());
        writeFully(localHeader(entry, 1));
        writeFully(ByteBuffer.wrap(content));
        entries.add(entry);
    }

    /** Adds the whole file {@code in}, its data starting at a multiple of {@code alignment}. */
    void add(String name, FileChannel in, int alignment, ModelJar.Progress progress) throws IOException {
        long size = in.size();
        long offset = out.position();
        Entry draft = new Entry(name.getBytes(StandardCharsets.UTF_8), size, 0, offset);
        writeFully(localHeader(draft, alignment));

        Entry entry = new Entry(draft.name, size, copy(in, size, progress), offset);
        out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, entry.crc), offset + CRC_OFFSET);
        entries.add(entry);
    }

    private int copy(FileChannel in, long size, ModelJar.Progress progress) throws IOException {
        CRC32 crc = new CRC32();
        for (long done = 0; done < size; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - done));
            if (in.read(buffer, done) <= 0) {
                throw new EOFException("The model ended at byte %d of %d while it was packed: it is being changed."
                        .formatted(done, size));
            }
            buffer.flip();
            done += buffer.remaining();
            crc.update(buffer.duplicate());
            writeFully(buffer);
            progress.update(done, size);
        }
        return (int) crc.getValue();
    }

    private ByteBuffer localHeader(Entry entry, int alignment) {
        boolean zip64 = entry.size >= zip64Limit;
        int fixed = LOCAL_HEADER_SIZE + entry.name.length + (zip64 ? 20 : 0);
        int extra = (zip64 ? 20 : 0) + padding(entry.offset + fixed, alignment);
        ByteBuffer header = littleEndian(LOCAL_HEADER_SIZE + entry.name.length + extra)
                .putInt(LOCAL_HEADER)
                .putShort(zip64 ? VERSION_ZIP64 : VERSION);
        putCommon(header, entry, zip64).putShort((short) extra).put(entry.name);
        if (zip64) {
            header.putShort((short) ZIP64_FIELD).putShort((short) 16).putLong(entry.size).putLong(entry.size);
        }
        if (header.hasRemaining()) {
            header.putShort((short) ALIGNMENT_FIELD).putShort((short) (header.remaining() - 2)).putShort((short) alignment);
        }
        return header.rewind();
    }

    /** Bytes of a padding field after which the data is aligned: none at all, or at least the field's own six. */
    private static int padding(long position, int alignment) {
        int padding = Math.floorMod(-position, alignment);
        while (padding > 0 && padding < ALIGNMENT_FIELD_SIZE) {
            padding += alignment;
        }
        return padding;
    }

    void finish() throws IOException {
        long start = out.position();
        for (Entry entry : entries) {
            writeFully(centralHeader(entry));
        }
        long end = out.position();
        boolean zip64 = end >= zip64Limit;
        if (zip64) {
            writeFully(littleEndian(56)
                    .putInt(ZIP64_END)
                    .putLong(44)
                    .putShort(VERSION_ZIP64)
                    .putShort(VERSION_ZIP64)
                    .putInt(0)
                    .putInt(0)
                    .putLong(entries.size())
                    .putLong(entries.size())
                    .putLong(end - start)
                    .putLong(start)
                    .rewind());
            writeFully(littleEndian(20).putInt(ZIP64_LOCATOR).putInt(0).putLong(end).putInt(1).rewind());
        }
        writeFully(littleEndian(22)
                .putInt(END)
                .putInt(0)
                .putShort((short) entries.size())
                .putShort((short) entries.size())
                .putInt((int) (end - start))
                .putInt((int) (zip64 ? ZIP64_LIMIT : start))
                .putShort((short) 0)
                .rewind());
    }

    private ByteBuffer centralHeader(Entry entry) {
        // Large entries come last, so an offset always fits: only the size may not.
        boolean zip64 = entry.size >= zip64Limit;
        int extra = zip64 ? 20 : 0;
        ByteBuffer header = littleEndian(46 + entry.name.length + extra)
                .putInt(CENTRAL_HEADER)
                .putShort(zip64 ? VERSION_ZIP64 : VERSION)
                .putShort(zip64 ? VERSION_ZIP64 : VERSION);
        putCommon(header, entry, zip64)
                .putShort((short) extra)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt((int) entry.offset)
                .put(entry.name);
        if (zip64) {
            header.putShort((short) ZIP64_FIELD).putShort((short) 16).putLong(entry.size).putLong(entry.size);
        }
        return header.rewind();
    }

    /** The fields that local and central headers share, from the flags to the length of the name. */
    private static ByteBuffer putCommon(ByteBuffer header, Entry entry, boolean zip64) {
        int size = (int) (zip64 ? ZIP64_LIMIT : entry.size);
        return header.putShort(UTF8_NAMES)
                .putShort((short) 0)
                .putInt(DATE_AND_TIME)
                .putInt(entry.crc)
                .putInt(size)
                .putInt(size)
                .putShort((short) entry.name.length);
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw new WriteException("%d bytes after the first %d cannot be written: %s"
                    .formatted(size, out.position(), e.getMessage()), e);
        }
    }
}
