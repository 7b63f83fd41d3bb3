package io.github.llamaffm.testkit;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A control vector with random directions for a {@link TinyModel}: one for each layer but the first, in llama.cpp's format.
 * Immutable; any thread; equal settings give equal bytes.
 */
public final class TinyControlVector {

    private final TinyModel model;
    private final long seed;

    private TinyControlVector(TinyModel model, long seed) {
        this.model = model;
        this.seed = seed;
    }

    /** Directions of length about 1 per component, seed 1, for models of this shape, which needs two layers. */
    public static TinyControlVector of(TinyModel model) {
        if (model.shape().layers() < 2) {
            throw new IllegalArgumentException("a control vector changes the layers from the second on, and the model has one");
        }
        return new TinyControlVector(model, 1);
    }

    /** Of the directions. */
    public TinyControlVector seed(long value) {
        return new TinyControlVector(model, value);
    }

    /** The bytes of the GGUF file. */
    public byte[] toBytes() {
        return file().toBytes();
    }

    /**
     * Writes the GGUF file, over one that is there.
     *
     * @return the path
     * @throws UncheckedIOException if that fails
     */
    public Path writeTo(Path path) {
        file().writeTo(path);
        return path;
    }

    private GgufFile file() {
        GgufFile file = new GgufFile();
        file.put("general.architecture", GgufValue.of("controlvector"));
        file.put("controlvector.model_hint", GgufValue.of(model.architecture()));
        file.put("controlvector.layer_count", GgufValue.of(model.shape().layers() - 1));
        for (int layer = 1; layer < model.shape().layers(); layer++) {
            String name = "direction." + layer;
            file.add(new Tensor(name, WeightType.F32, new int[] {model.shape().embedding()}, Weights.random(seed, name, 0, 1)));
        }
        return file;
    }
}
