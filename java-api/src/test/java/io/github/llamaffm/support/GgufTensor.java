package io.github.llamaffm.support;

import io.github.llamaffm.internal.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads a tensor of 32-bit floats out of a GGUF file. */
public final class GgufTensor {
    private GgufTensor() {
    }

    /** All values, row by row. */
    public static float[] read(Path file, String name) {
        try (FileChannel channel = FileChannel.open(file)) {
            Gguf gguf = Gguf.read(file);
            Gguf.Tensor tensor = gguf.tensors().stream().filter(each -> each.name().equals(name)).findFirst()
                    .orElseThrow(() -> new AssertionError("no tensor " + name));
            if (tensor.type() != Gguf.F32) {
                throw new AssertionError(name + " is not of 32-bit floats, but of type " + tensor.type());
            }
            float[] values = new float[Math.toIntExact(tensor.elements())];
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, gguf.dataOffset() + tensor.offset(),
                    (long) values.length * Float.BYTES);
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
