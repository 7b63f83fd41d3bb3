package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The first bytes of a GGUF file: enough to say in plain words why a file cannot be a model. */
public final class GgufHeader {

    private static final int LENGTH = 24;
    private static final int MAGIC = 0x46554747; // "GGUF", little-endian
    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;

    private GgufHeader() {}

    /**
     * What is wrong with the file, in words that follow its name; empty where it may be a GGUF.
     *
     * @param offset of the GGUF inside the file, in bytes
     */
    public static Optional<String> problemOf(Path file, long offset) {
        if (Files.notExists(file)) {
            return Optional.of("does not exist");
        }
        if (Files.isDirectory(file)) {
            return Optional.of("is a directory; name the .gguf file inside it");
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("is not a regular file");
        }
        if (!Files.isReadable(file)) {
            return Optional.of("is not readable by this user");
        }
        try (SeekableByteChannel channel = FileChannel.open(file)) {
            return problemOf(channel, offset);
        } catch (IOException e) {
            return Optional.of("cannot be read: " + e);
        }
    }

    private static Optional<String> problemOf(SeekableByteChannel channel, long offset) throws IOException {
        long length = channel.size() - offset;
        if (length == 0) {
            return Optional.of("is empty");
        }
        ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(offset);
        while (header.hasRemaining() && channel.read(header) >= 0) {
            // a channel may read less than it was asked for
        }
        if (header.position() < Integer.BYTES || header.getInt(0) != MAGIC) {
            return Optional.of("is not a GGUF file: it does not start with the letters GGUF");
        }
        if (header.position() < LENGTH) {
            return Optional.of("is truncated: %d bytes are less than a GGUF header".formatted(length));
        }
        int version = header.getInt(Integer.BYTES);
        if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
            boolean otherByteOrder = Integer.reverseBytes(version) <= NEWEST_VERSION && Integer.reverseBytes(version) > 0;
            return Optional.of(otherByteOrder
                    ? "is a GGUF file for machines of the other byte order; convert it again for this one"
                    : "is a GGUF file of version %s; versions %d and %d can be read".formatted(
                            Integer.toUnsignedString(version), OLDEST_VERSION, NEWEST_VERSION));
        }
        return Optional.empty();
    }
}
