package io.github.llamaffm.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file to be written: metadata and tensors in the order in which they were put. */
final class GgufFile {

    private static final int ALIGNMENT = 32;

    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();

    void put(String key, GgufValue value) {
        metadata.put(key, value);
    }

    void putAll(Map<String, GgufValue> values) {
        metadata.putAll(values);
    }

    void add(Tensor tensor) {
        tensors.add(tensor);
    }

    List<Tensor> tensors() {
        return tensors;
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (WritableByteChannel channel = Channels.newChannel(bytes)) {
            writeTo(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void writeTo(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeTo(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    private void writeTo(WritableByteChannel channel) throws IOException {
        byte[] header = header();
        write(channel, ByteBuffer.wrap(header));
        write(channel, ByteBuffer.allocate(padding(header.length)));
        for (Tensor tensor : tensors) {
            ByteBuffer data = littleEndian(Math.toIntExact(padded(tensor.bytes())));
            tensor.writeTo(data);
            write(channel, data.rewind());
        }
    }

    private byte[] header() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(littleEndian(24).put(new byte[] {'G', 'G', 'U', 'F'}).putInt(3)
                .putLong(tensors.size()).putLong(metadata.size()).array());
        metadata.forEach((key, value) -> {
            out.writeBytes(GgufValue.text(key));
            out.writeBytes(littleEndian(4).putInt(value.type()).array());
            out.writeBytes(value.bytes());
        });
        long offset = 0;
        for (Tensor tensor : tensors) {
            int[] shape = tensor.shape();
            out.writeBytes(GgufValue.text(tensor.name()));
            ByteBuffer info = littleEndian(4 + 8 * shape.length + 12).putInt(shape.length);
            for (int size : shape) {
                info.putLong(size);
            }
            out.writeBytes(info.putInt(tensor.type().code()).putLong(offset).array());
            offset += padded(tensor.bytes());
        }
        return out.toByteArray();
    }

    private static void write(WritableByteChannel channel, ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            channel.write(data);
        }
    }

    private static long padded(long size) {
        return size + padding(size);
    }

    private static int padding(long size) {
        return (int) (-size & (ALIGNMENT - 1));
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
