package io.github.llamaffm.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Metadata and tensor table of a small GGUF file, such as an adapter. Written for files from anywhere: every count is checked
 * against the bytes that are left before anything is allocated for it.
 *
 * @param metadata texts, numbers and truth values by key; arrays are {@link Array}
 * @param tensors in the file's order
 * @param dataOffset where the tensors' data begins, in bytes
 */
public record Gguf(Map<String, Object> metadata, List<Tensor> tensors, long dataOffset) {

    /** {@code GGML_TYPE_F32}. */
    public static final int F32 = 0;

    private static final long DEFAULT_ALIGNMENT = 32;
    private static final int MAX_TEXT = 1 << 24;
    private static final int MAX_DIMENSIONS = 4;

    /**
     * One tensor.
     *
     * @param type of {@code enum ggml_type}
     * @param shape elements per dimension, four of them, 1 where there is none
     * @param offset of its data from {@link #dataOffset}, in bytes
     */
    public record Tensor(String name, int type, List<Long> shape, long offset) {
        /** Number of elements. */
        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /**
     * An array in the metadata, without its values.
     *
     * @param type of its elements, of {@code enum gguf_type}
     */
    public record Array(int type, long length) {}

    /** A file that is not what it should be; the message follows the file's name. */
    public static final class BadFileException extends IOException {
        private static final long serialVersionUID = 1;

        BadFileException(String message) {
            super(message);
        }
    }

    /**
     * Reads the head of a file.
     *
     * @throws BadFileException if it is no GGUF, truncated or inconsistent
     * @throws IOException if it cannot be read
     */
    public static Gguf read(Path file) throws IOException {
        Optional<String> problem = GgufHeader.problemOf(file, 0);
        if (problem.isPresent()) {
            throw new BadFileException(problem.get());
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return new Reader(channel).read();
        } catch (EOFException _) {
            throw new BadFileException("is truncated inside its header");
        }
    }

    /** The text of a key; empty where there is none or it is no text. */
    public Optional<String> text(String key) {
        return metadata.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static final class Reader {

        private final FileChannel channel;
        private final long size;
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
        private long consumed;

        Reader(FileChannel channel) throws IOException {
            this.channel = channel;
            this.size = channel.size();
        }

        Gguf read() throws IOException {
            need(24);
            buffer.getInt();
            buffer.getInt();
            long tensorCount = count(buffer.getLong(), 24, "tensors");
            long entryCount = count(buffer.getLong(), 12, "metadata entries");
            Map<String, Object> metadata = new LinkedHashMap<>();
            for (long i = 0; i < entryCount; i++) {
                String key = text();
                if (metadata.put(key, value(int32())) != null) {
                    throw new BadFileException("has the key " + key + " twice");
                }
            }
            List<Tensor> tensors = new ArrayList<>();
            for (long i = 0; i < tensorCount; i++) {
                tensors.add(tensor());
            }
            Object alignment = metadata.getOrDefault("general.alignment", DEFAULT_ALIGNMENT);
            long step = alignment instanceof Long bytes ? bytes : 0;
            if (step <= 0 || Long.bitCount(step) != 1 || step > 1 << 20) {
                throw new BadFileException("has the alignment " + alignment);
            }
            long end = position();
            return new Gguf(metadata, List.copyOf(tensors), (end + step - 1) / step * step);
        }

        private Tensor tensor() throws IOException {
            String name = text();
            int dimensions = int32();
            if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
                throw new BadFileException("has a tensor %s of %d dimensions".formatted(name, dimensions));
            }
            List<Long> shape = new ArrayList<>();
            long elements = 1;
            for (int i = 0; i < dimensions; i++) {
                long length = int64();
                if (length < 1 || Math.multiplyHigh(elements, length) != 0 || elements * length < 0) {
                    throw new BadFileException("has a tensor %s with a dimension of %d".formatted(name, length));
                }
                elements *= length;
                shape.add(length);
            }
            while (shape.size() < MAX_DIMENSIONS) {
                shape.add(1L);
            }
            int type = int32();
            return new Tensor(name, type, List.copyOf(shape), int64());
        }

        private Object value(int type) throws IOException {
            return switch (type) {
                case 0 -> (long) Byte.toUnsignedInt(int8());
                case 1 -> (long) int8();
                case 2 -> (long) Short.toUnsignedInt(int16());
                case 3 -> (long) int16();
                case 4 -> Integer.toUnsignedLong(int32());
                case 5 -> (long) int32();
                case 6 -> Float.intBitsToFloat(int32());
                case 7 -> int8() != 0;
                case 8 -> text();
                case 9 -> array();
                case 10, 11 -> int64();
                case 12 -> Double.longBitsToDouble(int64());
                default -> throw new BadFileException("has metadata of the unknown type " + type);
            };
        }

        private Array array() throws IOException {
            int type = int32();
            long length = int64();
            int bytes = switch (type) {
                case 0, 1, 7 -> 1;
                case 2, 3 -> 2;
                case 4, 5, 6 -> 4;
                case 8 -> 8;
                case 10, 11, 12 -> 8;
                default -> throw new BadFileException("has an array of the unknown type " + type);
            };
            count(length, bytes, "array elements");
            if (type == 8) {
                for (long i = 0; i < length; i++) {
                    skip(count(int64(), 1, "bytes of text"));
                }
            } else {
                skip(length * bytes);
            }
            return new Array(type, length);
        }

        private String text() throws IOException {
            long length = count(int64(), 1, "bytes of text");
            if (length > MAX_TEXT) {
                throw new BadFileException("has a text of %d bytes".formatted(length));
            }
            byte[] bytes = new byte[(int) length];
            int read = 0;
            while (read < bytes.length) {
                need(1);
                int part = Math.min(bytes.length - read, buffer.remaining());
                buffer.get(bytes, read, part);
                read += part;
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private long count(long value, int leastBytes, String what) throws IOException {
            if (value < 0 || value > (size - position()) / leastBytes) {
                throw new BadFileException("is truncated or damaged: it names %s %s, %d bytes are left"
                        .formatted(Long.toUnsignedString(value), what, size - position()));
            }
            return value;
        }

        private byte int8() throws IOException {
            need(1);
            return buffer.get();
        }

        private short int16() throws IOException {
            need(2);
            return buffer.getShort();
        }

        private int int32() throws IOException {
            need(4);
            return buffer.getInt();
        }

        private long int64() throws IOException {
            need(8);
            return buffer.getLong();
        }

        private long position() {
            return consumed - buffer.remaining();
        }

        private void skip(long bytes) throws IOException {
            if (bytes <= buffer.remaining()) {
                buffer.position(buffer.position() + (int) bytes);
                return;
            }
            long target = position() + bytes;
            if (target > size) {
                throw new EOFException();
            }
            channel.position(target);
            consumed = target;
            buffer.limit(0);
        }

        private void need(int bytes) throws IOException {
            while (buffer.remaining() < bytes) {
                buffer.compact();
                int read = channel.read(buffer);
                buffer.flip();
                if (read < 0) {
                    throw new EOFException();
                }
                consumed += read;
            }
        }
    }
}
