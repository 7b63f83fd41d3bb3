package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes a file of 32-bit floats as Hugging Face's library of that name does: a length, what is where as JSON, and the values. */
final class Safetensors {

    private static final JsonMapper JSON = new JsonMapper();

    /** Values of a tensor, little-endian, to be read when its turn comes. */
    @FunctionalInterface
    interface Values {
        ByteBuffer read() throws IOException;
    }

    /** @param shape the longest step first */
    private record Tensor(List<Long> shape, Values values) {
        long bytes() {
            return shape.stream().reduce((long) Float.BYTES, Math::multiplyExact);
        }
    }

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    void add(String name, List<Long> shape, Values values) {
        tensors.put(name, new Tensor(shape, values));
    }

    void writeTo(Path file) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        long[] offset = {0};
        tensors.forEach((name, tensor) -> entries.put(name, Map.of("dtype", "F32", "shape", tensor.shape,
                "data_offsets", List.of(offset[0], offset[0] += tensor.bytes()))));
        byte[] header = JSON.writeValueAsBytes(entries);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            out.write(header);
            for (Tensor tensor : tensors.values()) {
                byte[] bytes = new byte[Math.toIntExact(tensor.bytes())];
                tensor.values.read().get(bytes);
                out.write(bytes);
            }
        }
    }
}
