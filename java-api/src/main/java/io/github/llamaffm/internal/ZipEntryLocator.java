package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Finds where in a zip file the bytes of an entry lie, which {@code java.util.zip} does not tell. Understands ZIP64 and
 * files with something in front of the archive.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the ZIP format</a>, sections 4.3 and 4.5
 */
public final class ZipEntryLocator {

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int END_COMMENT_MAX = 0xFFFF;
    private static final int END64_LOCATOR_SIGNATURE = 0x07064b50;
    private static final int END64_LOCATOR_LENGTH = 20;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int END64_LENGTH = 56;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int CENTRAL_LENGTH = 46;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_LENGTH = 30;
    private static final int ZIP64_EXTRA = 0x0001;
    private static final int STORED = 0;
    private static final long SEE_ZIP64 = 0xFFFF_FFFFL;

    /** No real central directory comes near this; a damaged length may. */
    private static final long MAX_DIRECTORY = 256L << 20;

    private final FileChannel file;
    private final long start;
    private final long size;

    /** @param start of the zip file, which may lie in another file */
    private ZipEntryLocator(FileChannel file, long start, long size) {
        this.file = file;
        this.start = start;
        this.size = size;
    }

    /**
     * One entry.
     *
     * @param stored whether its bytes lie in the file uncompressed and unencrypted
     * @param offset of its first byte in the file
     * @param length in bytes, uncompressed
     * @param crc CRC-32 of its uncompressed bytes
     */
    public record Entry(boolean stored, long offset, long length, long crc) {}

    /**
     * The entry of that name; empty where the archive has none.
     *
     * @throws ZipException if the file is not a zip file or is damaged
     */
    public static Optional<Entry> find(Path zip, String name) throws IOException {
        try (FileChannel file = FileChannel.open(zip)) {
            return new ZipEntryLocator(file, 0, file.size()).find(name);
        }
    }

    /**
     * The entry of that name in a zip file that is an entry of another one; empty where there is none, or where the bytes of the
     * inner zip file do not lie in the outer one as they are.
     *
     * @throws ZipException if one of them is not a zip file or is damaged
     */
    public static Optional<Entry> find(Path zip, String inner, String name) throws IOException {
        try (FileChannel file = FileChannel.open(zip)) {
            Optional<Entry> nested = new ZipEntryLocator(file, 0, file.size()).find(inner).filter(Entry::stored);
            return nested.isEmpty()
                    ? nested
                    : new ZipEntryLocator(file, nested.get().offset(), nested.get().length()).find(name);
        }
    }

    private Optional<Entry> find(String text) throws IOException {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        Directory directory = directory();
        ByteBuffer central = read(directory.position, checkedLength(directory.length));
        while (central.remaining() >= CENTRAL_LENGTH && central.getInt(central.position()) == CENTRAL_SIGNATURE) {
            int start = central.position();
            int nameLength = unsignedShort(central, start + 28);
            int extraLength = unsignedShort(central, start + 30);
            int commentLength = unsignedShort(central, start + 32);
            int end = start + CENTRAL_LENGTH + nameLength + extraLength + commentLength;
            if (end > central.limit()) {
                throw new ZipException("central directory ends inside an entry");
            }
            byte[] found = new byte[nameLength];
            central.get(start + CENTRAL_LENGTH, found);
            if (Arrays.equals(found, name)) {
                return Optional.of(entry(central, start, nameLength, extraLength, directory.archiveStart));
            }
            central.position(end);
        }
        return Optional.empty();
    }

    private Entry entry(ByteBuffer central, int at, int nameLength, int extraLength, long archiveStart)
            throws IOException {
        int flags = unsignedShort(central, at + 8);
        int method = unsignedShort(central, at + 10);
        long crc = unsignedInt(central, at + 16);
        long compressedLength = unsignedInt(central, at + 20);
        long length = unsignedInt(central, at + 24);
        long localOffset = unsignedInt(central, at + 42);
        int extraStart = at + CENTRAL_LENGTH + nameLength;
        // The ZIP64 field holds, in this order, only those values that do not fit their 32 bits.
        int zip64 = zip64Extra(central, extraStart, extraStart + extraLength);
        if (zip64 >= 0) {
            if (length == SEE_ZIP64) {
                length = central.getLong(zip64);
                zip64 += Long.BYTES;
            }
            if (compressedLength == SEE_ZIP64) {
                compressedLength = central.getLong(zip64);
                zip64 += Long.BYTES;
            }
            if (localOffset == SEE_ZIP64) {
                localOffset = central.getLong(zip64);
            }
        }
        long dataOffset = dataOffset(archiveStart + localOffset);
        boolean encrypted = (flags & 1) != 0;
        if (length < 0 || compressedLength < 0 || dataOffset > size - compressedLength) {
            throw new ZipException("entry ends beyond the end of the file");
        }
        return new Entry(method == STORED && !encrypted && length == compressedLength, start + dataOffset, length, crc);
    }

    /** The local header has an extra field of its own, of another length than the one in the central directory. */
    private long dataOffset(long localHeader) throws IOException {
        ByteBuffer local = read(localHeader, LOCAL_LENGTH);
        if (local.getInt(0) != LOCAL_SIGNATURE) {
            throw new ZipException("no local header at " + localHeader);
        }
        return localHeader + LOCAL_LENGTH + unsignedShort(local, 26) + unsignedShort(local, 28);
    }

    private static int zip64Extra(ByteBuffer central, int start, int end) {
        int at = start;
        while (at + 4 <= end) {
            int length = unsignedShort(central, at + 2);
            if (unsignedShort(central, at) == ZIP64_EXTRA && at + 4 + length <= end) {
                return at + 4;
            }
            at += 4 + length;
        }
        return -1;
    }

    private record Directory(long position, long length, long archiveStart) {}

    private Directory directory() throws IOException {
        int tailLength = (int) Math.min(size, END_LENGTH + END_COMMENT_MAX);
        long tailStart = size - tailLength;
        ByteBuffer tail = read(tailStart, tailLength);
        for (int at = tailLength - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE
                    && at + END_LENGTH + unsignedShort(tail, at + 20) == tailLength) {
                return directory(tailStart + at, unsignedInt(tail, at + 12), unsignedInt(tail, at + 16));
            }
        }
        throw new ZipException("not a zip file: it has no end of central directory");
    }

    private Directory directory(long end, long length, long offset) throws IOException {
        if (end >= END64_LOCATOR_LENGTH) {
            ByteBuffer locator = read(end - END64_LOCATOR_LENGTH, END64_LOCATOR_LENGTH);
            if (locator.getInt(0) == END64_LOCATOR_SIGNATURE) {
                // Right in front of the locator, wherever the archive starts, unless it has an extensible part.
                long end64 = end - END64_LOCATOR_LENGTH - END64_LENGTH;
                ByteBuffer record = read(end64, END64_LENGTH);
                if (record.getInt(0) != END64_SIGNATURE) {
                    end64 = locator.getLong(8);
                    record = read(end64, END64_LENGTH);
                }
                if (record.getInt(0) != END64_SIGNATURE) {
                    throw new ZipException("ZIP64 end of central directory not found");
                }
                return directoryEndingAt(end64, record.getLong(40), record.getLong(48));
            }
        }
        return directoryEndingAt(end, length, offset);
    }

    /** Offsets count from the start of the archive, which is not that of the file where something is in front of it. */
    private static Directory directoryEndingAt(long end, long length, long offset) throws ZipException {
        long position = end - length;
        long archiveStart = position - offset;
        if (length < 0 || offset < 0 || position < 0 || archiveStart < 0) {
            throw new ZipException("central directory lies outside the file");
        }
        return new Directory(position, length, archiveStart);
    }

    private static int checkedLength(long directoryLength) throws ZipException {
        if (directoryLength > MAX_DIRECTORY) {
            throw new ZipException("central directory of %d bytes is too long".formatted(directoryLength));
        }
        return (int) directoryLength;
    }

    private ByteBuffer read(long position, int length) throws IOException {
        if (position < 0 || position > size - length) {
            throw new ZipException("%d bytes at %d lie outside the file".formatted(length, position));
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, start + position + buffer.position()) < 0) {
                throw new ZipException("file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static int unsignedShort(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    private static long unsignedInt(ByteBuffer buffer, int at) {
        return Integer.toUnsignedLong(buffer.getInt(at));
    }
}
