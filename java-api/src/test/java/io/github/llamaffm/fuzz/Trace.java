package io.github.llamaffm.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The last operations of each thread in a mapped file, which is there also after a signal. A slot has the number of the operation,
 * the length of its text and the text.
 */
final class Trace {

    static final int SLOTS = 40;
    private static final int SLOT_BYTES = 1024;
    private static final int HEADER = Long.BYTES + Integer.BYTES;

    private final MappedByteBuffer buffer;

    Trace(Path file, int threads) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) threads * SLOTS * SLOT_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the text of an operation, from 1 on. */
    void begin(int thread, long operation) {
        int slot = slot(thread, operation);
        buffer.putInt(slot + Long.BYTES, 0);
        buffer.putLong(slot, operation);
    }

    void append(int thread, long operation, String text) {
        int slot = slot(thread, operation);
        int length = buffer.getInt(slot + Long.BYTES);
        byte[] bytes = text.replace("\n", "\\n").getBytes(StandardCharsets.UTF_8);
        int fits = Math.min(bytes.length, SLOT_BYTES - HEADER - length);
        buffer.put(slot + HEADER + length, bytes, 0, fits);
        buffer.putInt(slot + Long.BYTES, length + fits);
    }

    private static int slot(int thread, long operation) {
        return (thread * SLOTS + (int) (operation % SLOTS)) * SLOT_BYTES;
    }

    /** What a file holds, a line for each operation, those of one thread together. */
    static List<String> read(Path file) {
        record Line(int thread, long operation, String text) {
        }
        try {
            var bytes = java.nio.ByteBuffer.wrap(Files.readAllBytes(file));
            List<Line> lines = new ArrayList<>();
            for (int slot = 0; slot < bytes.capacity(); slot += SLOT_BYTES) {
                long operation = bytes.getLong(slot);
                if (operation > 0) {
                    lines.add(new Line(slot / SLOT_BYTES / SLOTS, operation,
                            new String(bytes.array(), slot + HEADER, bytes.getInt(slot + Long.BYTES), StandardCharsets.UTF_8)));
                }
            }
            return lines.stream()
                    .sorted(Comparator.comparingInt(Line::thread).thenComparingLong(Line::operation))
                    .map(line -> "thread %d operation %d: %s".formatted(line.thread, line.operation, line.text))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
