package io.github.llamaffm.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** 64 bits that tell contents apart: the start of a SHA-256, and never 0. */
public final class Fingerprint {

    private static final int BLOCK = 1 << 16;

    private Fingerprint() {}

    /** Of a text. */
    public static long of(String text) {
        return of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of bytes; all that remain are read. */
    public static long of(ByteBuffer bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return start(digest);
    }

    /** Of all bytes of a file. */
    public static long of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return start(digest);
    }

    /**
     * Of blocks that lie evenly over parts of files, their first and last bytes included. A change between the blocks is not
     * seen.
     *
     * @param parts with their lengths
     * @param blocks of each part
     * @param blockSize in bytes
     */
    public static long ofSamples(List<ModelFile> parts, int blocks, int blockSize) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(blockSize);
        for (ModelFile part : parts) {
            try (FileChannel channel = FileChannel.open(part.path())) {
                long last = Math.max(0, part.length() - blockSize);
                for (int i = 0; i < blocks; i++) {
                    long position = part.offset() + last * i / Math.max(1, blocks - 1);
                    buffer.clear().limit((int) Math.min(blockSize, part.length()));
                    while (buffer.hasRemaining()) {
                        if (channel.read(buffer, position + buffer.position()) < 0) {
                            throw new IOException(part.path() + " is shorter than it was");
                        }
                    }
                    digest.update(buffer.flip());
                }
            }
        }
        return start(digest);
    }

    private static long start(MessageDigest digest) {
        long value = ByteBuffer.wrap(digest.digest()).getLong();
        return value == 0 ? 1 : value;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
