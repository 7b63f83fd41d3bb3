package io.github.llamaffm.adapters;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A LoRA file with tensors of any name and shape, which no maker of sound ones would write. */
final class LoraBytes {

    private static final int TEXT = 8;
    private static final int ALIGNMENT = 32;

    private record Tensor(String name, int... shape) {
        int elements() {
            int product = 1;
            for (int size : shape) {
                product *= size;
            }
            return product;
        }
    }

    private final String architecture;
    private final List<Tensor> tensors = new ArrayList<>();

    private LoraBytes(String architecture) {
        this.architecture = architecture;
    }

    static LoraBytes of(String architecture) {
        return new LoraBytes(architecture);
    }

    LoraBytes add(String name, int... shape) {
        tensors.add(new Tensor(name, shape));
        return this;
    }

    void writeTo(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(buffer(24).put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3)
                .putLong(tensors.size()).putLong(3).array());
        put(out, "general.type", "adapter");
        put(out, "general.architecture", architecture);
        put(out, "adapter.type", "lora");
        long offset = 0;
        for (Tensor tensor : tensors) {
            put(out, tensor.name());
            ByteBuffer info = buffer(16 + 8 * tensor.shape().length).putInt(tensor.shape().length);
            for (int size : tensor.shape()) {
                info.putLong(size);
            }
            out.writeBytes(info.putInt(0).putLong(offset).array());
            offset += padded(4 * tensor.elements());
        }
        out.writeBytes(new byte[padded(out.size()) - out.size()]);
        Random random = new Random(1);
        for (Tensor tensor : tensors) {
            ByteBuffer data = buffer(padded(4 * tensor.elements()));
            for (int i = 0; i < tensor.elements(); i++) {
                data.putFloat((float) random.nextGaussian());
            }
            out.writeBytes(data.array());
        }
        Files.write(file, out.toByteArray());
    }

    private static void put(ByteArrayOutputStream out, String key, String value) {
        put(out, key);
        out.writeBytes(buffer(4).putInt(TEXT).array());
        put(out, value);
    }

    private static void put(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(buffer(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static int padded(int size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
