package io.github.llamaffm.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the metadata of a GGUF file, version 2 or 3, and not its tensors. */
final class GgufMetadata {

    private final ByteBuffer in;

    private GgufMetadata(ByteBuffer in) {
        this.in = in;
    }

    /** All of it, in the file's order. */
    static Map<String, GgufValue> read(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            // Mapped: the metadata of a model lies before gigabytes of tensors.
            long size = Math.min(channel.size(), Integer.MAX_VALUE);
            ByteBuffer in = channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN);
            return new GgufMetadata(in).read();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IllegalArgumentException(path + " is not a whole GGUF file of version 2 or 3", e);
        }
    }

    private Map<String, GgufValue> read() {
        int magic = in.getInt();
        int version = in.getInt();
        if (magic != 0x46554747 || version < 2 || version > 3) {
            throw new IllegalArgumentException("magic %x, version %d".formatted(magic, version));
        }
        in.getLong();
        long count = in.getLong();
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = new String(take(Math.toIntExact(in.getLong())), StandardCharsets.UTF_8);
            int type = in.getInt();
            int start = in.position();
            skip(type);
            int end = in.position();
            in.position(start);
            values.put(key, new GgufValue(type, take(end - start)));
        }
        return values;
    }

    private byte[] take(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void skip(int type) {
        switch (type) {
            case GgufValue.UINT8, GgufValue.INT8, GgufValue.BOOL -> advance(1);
            case GgufValue.UINT16, GgufValue.INT16 -> advance(2);
            case GgufValue.UINT32, GgufValue.INT32, GgufValue.FLOAT32 -> advance(4);
            case GgufValue.UINT64, GgufValue.INT64, GgufValue.FLOAT64 -> advance(8);
            case GgufValue.STRING -> advance(in.getLong());
            case GgufValue.ARRAY -> {
                int elementType = in.getInt();
                long length = in.getLong();
                for (long i = 0; i < length; i++) {
                    skip(elementType);
                }
            }
            default -> throw new IllegalArgumentException("unknown type " + type);
        }
    }

    private void advance(long bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + (int) bytes);
    }
}
