package io.github.llamaffm.bindings;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * Reads files through streams, never through channels: a channel fails for good on an interrupted thread, and a failure
 * to load is remembered.
 */
final class Bytes {

    private static final int BUFFER = 1 << 16;

    private Bytes() {}

    static byte[] of(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        }
    }

    /** The first ones, at most {@code most}. */
    static byte[] head(Path file, int most) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return in.readNBytes(most);
        }
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return sha256(in, OutputStream.nullOutputStream());
        }
    }

    static long crc32(Path file) throws IOException {
        CheckedInputStream in = new CheckedInputStream(new FileInputStream(file.toFile()), new CRC32());
        try (in) {
            byte[] buffer = new byte[BUFFER];
            while (in.read(buffer) >= 0) {
                // The stream counts.
            }
            return in.getChecksum().getValue();
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** Copies everything and returns the hash of it. */
    static String sha256(InputStream in, OutputStream out) throws IOException {
        MessageDigest digest = digest();
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
            out.write(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
