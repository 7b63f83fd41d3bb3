package io.github.llamaffm.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a GGUF file by the letter of its specification, and complains of every byte that should not be there. */
final class ParsedGguf {

    record TensorInfo(List<Long> shape, int type, long offset) {

        long bytes() {
            return shape.stream().reduce(1L, (a, b) -> a * b) * (type == 0 ? 4 : 2);
        }
    }

    final Map<String, Object> metadata = new LinkedHashMap<>();
    final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    final ByteBuffer data;

    ParsedGguf(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(in.getInt() == 0x46554747 && in.getInt() == 3, "magic and version");
        long tensorCount = in.getLong();
        long valueCount = in.getLong();
        for (long i = 0; i < valueCount; i++) {
            require(metadata.put(text(in), value(in, in.getInt())) == null, "a key occurs once");
        }
        for (long i = 0; i < tensorCount; i++) {
            String name = text(in);
            List<Long> shape = new ArrayList<>();
            int dimensions = in.getInt();
            for (int dimension = 0; dimension < dimensions; dimension++) {
                shape.add(in.getLong());
            }
            require(tensors.put(name, new TensorInfo(shape, in.getInt(), in.getLong())) == null, "a tensor occurs once");
        }
        while (in.position() % 32 != 0) {
            require(in.get() == 0, "padding");
        }
        data = in.slice().order(ByteOrder.LITTLE_ENDIAN);
        long end = 0;
        for (TensorInfo tensor : tensors.values()) {
            require(tensor.offset() == end, "tensors follow each other");
            end = (tensor.offset() + tensor.bytes() + 31) / 32 * 32;
        }
        require(end == data.remaining(), "the file ends with its last tensor");
    }

    List<String> texts(String key) {
        return ((List<?>) metadata.get(key)).stream().map(String.class::cast).toList();
    }

    float[] floats(String name) {
        TensorInfo tensor = tensors.get(name);
        float[] values = new float[(int) (tensor.bytes() / (tensor.type() == 0 ? 4 : 2))];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.type() == 0
                    ? data.getFloat((int) tensor.offset() + 4 * i)
                    : Float.float16ToFloat(data.getShort((int) tensor.offset() + 2 * i));
        }
        return values;
    }

    private static Object value(ByteBuffer in, int type) {
        return switch (type) {
            case 4, 5 -> in.getInt();
            case 6 -> in.getFloat();
            case 7 -> in.get() != 0;
            case 8 -> text(in);
            case 9 -> {
                int elementType = in.getInt();
                long length = in.getLong();
                List<Object> values = new ArrayList<>();
                for (long i = 0; i < length; i++) {
                    values.add(value(in, elementType));
                }
                yield values;
            }
            default -> throw new AssertionError("type " + type);
        };
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[(int) in.getLong()];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
