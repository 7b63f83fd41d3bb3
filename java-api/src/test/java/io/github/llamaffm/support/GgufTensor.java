package io.github.llamaffm.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a tensor of 32-bit floats out of a GGUF file whose data is aligned to 32 bytes. */
public final class GgufTensor {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final ByteBuffer in;

    private GgufTensor(ByteBuffer in) {
        this.in = in;
    }

    /** All values, row by row. */
    public static float[] read(Path file, String name) {
        try {
            return new GgufTensor(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN)).find(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private float[] find(String name) {
        in.position(8);
        long tensors = in.getLong();
        for (long values = in.getLong(); values > 0; values--) {
            text();
            skip(in.getInt());
        }
        long count = -1;
        long offset = 0;
        for (; tensors > 0; tensors--) {
            boolean wanted = text().equals(name);
            long size = 1;
            for (int dimensions = in.getInt(); dimensions > 0; dimensions--) {
                size *= in.getLong();
            }
            int type = in.getInt();
            long at = in.getLong();
            if (wanted) {
                if (type != 0) {
                    throw new AssertionError(name + " is not of 32-bit floats, but of type " + type);
                }
                count = size;
                offset = at;
            }
        }
        if (count < 0) {
            throw new AssertionError("no tensor " + name);
        }
        float[] all = new float[Math.toIntExact(count)];
        in.position((in.position() + 31) / 32 * 32 + Math.toIntExact(offset)).slice().order(in.order()).asFloatBuffer().get(all);
        return all;
    }

    private String text() {
        byte[] bytes = new byte[Math.toIntExact(in.getLong())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void skip(int type) {
        if (type == STRING) {
            text();
        } else if (type == ARRAY) {
            int element = in.getInt();
            for (long length = in.getLong(); length > 0; length--) {
                skip(element);
            }
        } else {
            in.position(in.position() + SIZES[type]);
        }
    }
}
