package io.github.llamaffm.testkit;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tiny LoRA adapter with random weights for a {@link TinyModel}: it changes every projection of the attention. Immutable; any
 * thread; equal settings give equal bytes.
 */
public final class TinyLora {

    private final TinyModel model;
    private final int rank;
    private final float alpha;
    private final long seed;
    private final Map<String, GgufValue> metadata;

    private TinyLora(TinyModel model, int rank, float alpha, long seed, Map<String, GgufValue> metadata) {
        this.model = model;
        this.rank = rank;
        this.alpha = alpha;
        this.seed = seed;
        this.metadata = metadata;
    }

    /** An adapter of rank 4, alpha 8, seed 1, for models of this architecture and shape. */
    public static TinyLora of(TinyModel model) {
        return new TinyLora(model, 4, 8, 1, Map.of());
    }

    /** Rows of each of its matrices, from 1 to 64. */
    public TinyLora rank(int value) {
        if (value < 1 || value > 64) {
            throw new IllegalArgumentException("rank is " + value + ", which is not from 1 to 64");
        }
        return new TinyLora(model, value, alpha, seed, metadata);
    }

    /** Its strength, which is divided by the rank. */
    public TinyLora alpha(float value) {
        return new TinyLora(model, rank, value, seed, metadata);
    }

    /** Of the weights. */
    public TinyLora seed(long value) {
        return new TinyLora(model, rank, alpha, value, metadata);
    }

    /** Makes it an activated LoRA: it works from these tokens of the prompt on. */
    public TinyLora invocationTokens(int... tokens) {
        return metadata("adapter.alora.invocation_tokens", GgufValue.of(tokens));
    }

    /** A value of the metadata, in place of the maker's own or besides it. */
    public TinyLora metadata(String key, GgufValue value) {
        Map<String, GgufValue> values = new LinkedHashMap<>(metadata);
        values.put(key, value);
        return new TinyLora(model, rank, alpha, seed, Collections.unmodifiableMap(values));
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
        file.put("general.type", GgufValue.of("adapter"));
        file.put("general.architecture", GgufValue.of(model.architecture()));
        file.put("general.name", GgufValue.of("Adapter for " + model.name()));
        file.put("adapter.type", GgufValue.of("lora"));
        file.put("adapter.lora.alpha", GgufValue.of(alpha));
        file.putAll(metadata);
        List<Tensor> adapted = model.file().tensors().stream()
                .filter(tensor -> tensor.name().matches(".*attn_(q|k|v|o|qkv|output)\\.weight")).toList();
        if (adapted.isEmpty()) {
            throw new IllegalArgumentException("a model of architecture " + model.architecture() + " has no attention to adapt");
        }
        for (Tensor tensor : adapted) {
            int in = tensor.shape()[0];
            int out = tensor.shape()[1];
            add(file, tensor.name() + ".lora_a", 1 / Math.sqrt(in), in, rank);
            add(file, tensor.name() + ".lora_b", 1 / Math.sqrt(rank), rank, out);
        }
        return file;
    }

    private void add(GgufFile file, String name, double deviation, int... shape) {
        file.add(new Tensor(name, WeightType.F32, shape, Weights.random(seed, name, 0, deviation)));
    }
}
