package io.github.llamaffm.testkit;

import java.util.BitSet;

/** Puts a model together: what a {@link Family} says in terms of layers becomes metadata and tensors. */
final class ModelWriter {

    /** Multiplies what rare tokens get, so that they are the most likely next token hardly ever. */
    private static final float RARE = 0.02f;

    private final GgufFile file;
    private final String architecture;
    private final Shape shape;
    private final Vocabulary vocabulary;
    private final WeightType type;
    private final long seed;

    ModelWriter(GgufFile file, String architecture, Shape shape, Vocabulary vocabulary, WeightType type, long seed) {
        this.file = file;
        this.architecture = architecture;
        this.shape = shape;
        this.vocabulary = vocabulary;
        this.type = type;
        this.seed = seed;
    }

    Shape shape() {
        return shape;
    }

    /** A hyperparameter: {@code ARCHITECTURE.key}. */
    void put(String key, GgufValue value) {
        file.put(architecture + "." + key, value);
    }

    void put(String key, int value) {
        put(key, GgufValue.of(value));
    }

    void put(String key, float value) {
        put(key, GgufValue.of(value));
    }

    /** What every architecture has. */
    void putSizes() {
        put("context_length", shape.context());
        put("embedding_length", shape.embedding());
        put("block_count", shape.layers());
    }

    /** What every architecture with attention has. */
    void putAttention() {
        put("feed_forward_length", shape.feedForward());
        put("attention.head_count", shape.heads());
        put("attention.head_count_kv", shape.keyValueHeads());
    }

    /** A linear map that keeps the size of what it maps. */
    void matrix(String name, int in, int out) {
        matrix(name, in, out, 1);
    }

    /** @param gain how much larger its output is than its input */
    void matrix(String name, int in, int out, double gain) {
        add(name, type, random(name, 0, gain / Math.sqrt(in)), in, out);
    }

    /** One linear map for each expert. */
    void experts(String name, int in, int out, double gain) {
        add(name, type, random(name, 0, gain / Math.sqrt(in)), in, out, shape.experts());
    }

    /** A map whose weights have to be floats. */
    void floats(String name, double deviation, int... dimensions) {
        add(name, WeightType.F32, random(name, 0, deviation), dimensions);
    }

    /** Of a normalisation. */
    void norm(String name, int size) {
        norm(name, size, 1);
    }

    void norm(String name, int size, double mean) {
        add(name, WeightType.F32, random(name, mean, 0.1 * mean), size);
    }

    void bias(String name, int size) {
        add(name, WeightType.F32, random(name, 0, 0.1), size);
    }

    void vector(String name, int size, double mean, double deviation) {
        add(name, WeightType.F32, random(name, mean, deviation), size);
    }

    void add(String name, WeightType weightType, Weights weights, int... dimensions) {
        file.add(new Tensor(name, weightType, dimensions, weights));
    }

    /** The weight of a token in a direction of the embedding. */
    interface TokenWeights {

        float of(int token, int direction);
    }

    /** One row for each token. */
    void addTokens(String name, TokenWeights weights) {
        int width = shape.embedding();
        add(name, type, index -> weights.of((int) (index / width), (int) (index % width)), width, vocabulary.size());
    }

    Weights random(String name, double mean, double deviation) {
        return Weights.random(seed, name, mean, deviation);
    }

    /** Token embeddings. */
    void embeddings() {
        add("token_embd.weight", type, random("token_embd.weight", 0, 0.5), shape.embedding(), vocabulary.size());
    }

    /** Further embeddings of the tokens. */
    void embeddings(String name, int width) {
        add(name, type, random(name, 0, 0.5), width, vocabulary.size());
    }

    /** Token embeddings that make the logits too. */
    void tiedEmbeddings() {
        add("token_embd.weight", type, rareTokens(random("token_embd.weight", 0, 0.5)), shape.embedding(), vocabulary.size());
    }

    /** What makes the logits; they spread by about 4. */
    void output() {
        add("output.weight", type, rareTokens(random("output.weight", 0, 4 / Math.sqrt(shape.embedding()))),
                shape.embedding(), vocabulary.size());
    }

    private Weights rareTokens(Weights weights) {
        BitSet rare = vocabulary.rare();
        return rare.cardinality() == vocabulary.size() ? weights : weights.scaled(shape.embedding(), RARE, rare);
    }
}
