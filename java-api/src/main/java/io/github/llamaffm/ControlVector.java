package io.github.llamaffm;

import io.github.llamaffm.internal.Fingerprint;
import io.github.llamaffm.internal.Gguf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A direction that is added to what comes out of each layer but the first. A value; used through {@link Adapters}.
 */
public final class ControlVector {

    private static final Pattern DIRECTION = Pattern.compile("direction\\.([1-9][0-9]{0,5})");

    private final int embeddingSize;
    private final float[] values;
    private final long fingerprint;

    private ControlVector(int embeddingSize, float[] values) {
        this.embeddingSize = embeddingSize;
        this.values = values;
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        this.fingerprint = Fingerprint.of(bytes);
    }

    /**
     * Reads a file as llama.cpp's tools do: one F32 tensor {@code direction.N} for each layer N from 1 on; layers without one
     * stay as they are.
     *
     * @throws AdapterException if it cannot be read, is no control vector or does not fit the model
     */
    public static ControlVector load(Path gguf, Model model) {
        try {
            ControlVector vector = read(gguf);
            vector.requireFits(gguf.toString(), model.info());
            return vector;
        } catch (Gguf.BadFileException e) {
            throw failure(gguf, e.getMessage(), e);
        } catch (IOException e) {
            throw failure(gguf, "cannot be read: " + e, e);
        }
    }

    /**
     * From numbers.
     *
     * @param layers one direction per layer, from layer 1 on, all of the model's embedding size
     * @throws IllegalArgumentException if there is none, or their lengths differ
     */
    public static ControlVector of(float[][] layers) {
        if (layers.length == 0 || layers[0].length == 0) {
            throw new IllegalArgumentException("a control vector needs at least one direction");
        }
        int size = layers[0].length;
        float[] values = new float[Math.multiplyExact(size, layers.length)];
        for (int layer = 0; layer < layers.length; layer++) {
            if (layers[layer].length != size) {
                throw new IllegalArgumentException("the direction of layer %d has %d numbers, that of layer 1 has %d"
                        .formatted(layer + 1, layers[layer].length, size));
            }
            System.arraycopy(layers[layer], 0, values, layer * size, size);
        }
        return new ControlVector(size, values);
    }

    /** Numbers of one direction. */
    public int embeddingSize() {
        return embeddingSize;
    }

    /** The last layer with a direction; the first is 1. */
    public int lastLayer() {
        return values.length / embeddingSize;
    }

    /** Equal for equal numbers, in every process; never 0. */
    public long fingerprint() {
        return fingerprint;
    }

    /** Adds this, scaled, to as many numbers or more. */
    void addTo(float[] sum, float scale) {
        for (int i = 0; i < values.length; i++) {
            sum[i] += values[i] * scale;
        }
    }

    void requireFits(String name, ModelInfo model) {
        if (embeddingSize != model.embeddingSize()) {
            throw new AdapterException("%s has directions of %d numbers, the model's embeddings have %d"
                    .formatted(name, embeddingSize, model.embeddingSize()));
        }
        if (lastLayer() >= model.layerCount()) {
            throw new AdapterException("%s has a direction for layer %d, the last layer of the model is %d"
                    .formatted(name, lastLayer(), model.layerCount() - 1));
        }
    }

    private static ControlVector read(Path file) throws IOException {
        Gguf gguf = Gguf.read(file);
        List<Gguf.Tensor> tensors = gguf.tensors();
        if (tensors.isEmpty()) {
            throw failure(file, "has no tensors", null);
        }
        long size = tensors.getFirst().elements();
        int last = 0;
        for (Gguf.Tensor tensor : tensors) {
            last = Math.max(last, layer(file, tensor));
            if (tensor.type() != Gguf.F32 || tensor.shape().getFirst() != size || tensor.elements() != size) {
                throw failure(file, "has a tensor %s of type %d and shape %s; F32 (0) and one dimension of %d are expected"
                        .formatted(tensor.name(), tensor.type(), tensor.shape(), size), null);
            }
        }
        if (size * last > Integer.MAX_VALUE / Float.BYTES) {
            throw failure(file, "has directions of %d numbers up to layer %d".formatted(size, last), null);
        }
        float[] values = new float[(int) (size * last)];
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (Gguf.Tensor tensor : tensors) {
                long start = gguf.dataOffset() + tensor.offset();
                bytes.clear();
                while (bytes.hasRemaining()) {
                    if (tensor.offset() < 0 || channel.read(bytes, start + bytes.position()) < 0) {
                        throw failure(file, "is truncated: %s should be at %d, the file has %d bytes"
                                .formatted(tensor.name(), start, channel.size()), null);
                    }
                }
                bytes.flip().asFloatBuffer().get(values, (int) size * (layer(file, tensor) - 1), (int) size);
            }
        }
        return new ControlVector((int) size, values);
    }

    private static int layer(Path file, Gguf.Tensor tensor) {
        Matcher matcher = DIRECTION.matcher(tensor.name());
        if (!matcher.matches()) {
            throw failure(file, "is no control vector: its tensor %s is not named direction.N, N being a layer from 1 on"
                    .formatted(tensor.name()), null);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static AdapterException failure(Path file, String problem, @Nullable Throwable cause) {
        return new AdapterException(file + " " + problem, List.of(), cause);
    }
}
