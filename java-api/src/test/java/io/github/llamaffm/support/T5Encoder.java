package io.github.llamaffm.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes the encoder out of a T5, as upstream's converter does for models that are one. */
public final class T5Encoder {
    private static final int ALIGNMENT = 32;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteBuffer in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private T5Encoder(byte[] gguf) {
        in = ByteBuffer.wrap(gguf).order(ByteOrder.LITTLE_ENDIAN);
    }

    private record Tensor(String name, byte[] shapeAndType, long offset) {
    }

    /** Writes a model of the architecture {@code t5encoder} with the encoder of the model in the first file. */
    public static Path of(Path t5, Path file) {
        try {
            return Files.write(file, new T5Encoder(Files.readAllBytes(t5)).convert());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] convert() {
        in.position(8);
        long tensorCount = in.getLong();
        long entries = in.getLong();
        var header = new ByteArrayOutputStream();
        for (long i = 0; i < entries; i++) {
            copyEntry(header);
        }
        List<Tensor> tensors = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            String name = string();
            int start = in.position();
            in.position(start + 4 + 8 * in.getInt(start) + 4);
            tensors.add(new Tensor(name, slice(start, in.position()), in.getLong()));
        }
        int data = aligned(in.position());
        List<Tensor> kept = tensors.stream().filter(tensor -> !tensor.name.startsWith("dec.")).toList();

        write(out, ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(kept.size()).putLong(entries));
        out.writeBytes(header.toByteArray());
        var weights = new ByteArrayOutputStream();
        for (Tensor tensor : kept) {
            writeString(out, tensor.name);
            out.writeBytes(tensor.shapeAndType);
            write(out, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(weights.size()));
            int end = tensors.stream().mapToInt(other -> (int) other.offset).filter(other -> other > tensor.offset).min()
                    .orElse(in.limit() - data);
            weights.writeBytes(slice(data + (int) tensor.offset, data + end));
            weights.writeBytes(new byte[aligned(weights.size()) - weights.size()]);
        }
        out.writeBytes(new byte[aligned(out.size()) - out.size()]);
        out.writeBytes(weights.toByteArray());
        return out.toByteArray();
    }

    private void copyEntry(ByteArrayOutputStream header) {
        String key = string();
        int start = in.position();
        int type = in.getInt();
        skip(type);
        writeString(header, key.replaceFirst("^t5\\.", "t5encoder."));
        if (key.equals("general.architecture")) {
            header.writeBytes(slice(start, start + 4));
            writeString(header, "t5encoder");
        } else {
            header.writeBytes(slice(start, in.position()));
        }
    }

    private void skip(int type) {
        switch (type) {
            case STRING -> string();
            case ARRAY -> {
                int element = in.getInt();
                for (long left = in.getLong(); left > 0; left--) {
                    skip(element);
                }
            }
            default -> in.position(in.position() + switch (type) {
                case 0, 1, 7 -> 1;
                case 2, 3 -> 2;
                case 4, 5, 6 -> 4;
                default -> 8;
            });
        }
    }

    private String string() {
        byte[] bytes = new byte[Math.toIntExact(in.getLong())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte[] slice(int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return bytes;
    }

    private static int aligned(int position) {
        return Math.ceilDiv(position, ALIGNMENT) * ALIGNMENT;
    }

    private static void writeString(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(out, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length));
        out.writeBytes(bytes);
    }

    private static void write(ByteArrayOutputStream out, ByteBuffer buffer) {
        out.writeBytes(buffer.array());
    }
}
