package io.github.llamaffm.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor to be written.
 *
 * @param shape in ggml's order: the first dimension is the one of neighbours in memory
 */
record Tensor(String name, WeightType type, int[] shape, Weights weights) {

    Tensor {
        shape = shape.clone();
    }

    long elements() {
        return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    }

    long bytes() {
        return elements() * type.size();
    }

    void writeTo(ByteBuffer out) {
        long count = elements();
        for (long i = 0; i < count; i++) {
            float value = weights.at(i);
            switch (type) {
                case F32 -> out.putFloat(value);
                case F16 -> out.putShort(Float.floatToFloat16(value));
            }
        }
    }
}
