package io.github.llamaffm.testkit;

import io.github.llamaffm.testkit.DecoderFamily.Trait;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tiny model with random weights, of a real architecture and with a real tokenizer: some hundred kilobytes, made in
 * milliseconds. Equal settings give equal bytes on every machine, so that what it generates greedily can be written into a
 * test, for one version of llama.cpp and one kind of processor.
 *
 * <pre>{@code
 * Path file = TinyModel.llama().seed(42).writeTo(folder.resolve("tiny.gguf"));
 * }</pre>
 *
 * <p>By default 2 layers, an embedding of 64, 2 heads of 32 with 1 key and value head, 512 tokens of context, weights as
 * {@link WeightType#F32}, seed 1. Control tokens are hardly ever the most likely ones: an answer that is generated greedily goes
 * on until its limit, and with {@link Vocabulary#tiny} it is printable. Immutable: each setter gives another model. Any thread.
 */
public final class TinyModel {

    private static final float LLAMA_2 = 10_000f;
    private static final float LLAMA_3 = 500_000f;
    private static final float LONG = 1_000_000f;
    private static final float YI = 5_000_000f;

    private final String name;
    private final String architecture;
    private final Family family;
    private final Shape shape;
    private final Vocabulary vocabulary;
    private final WeightType weightType;
    private final long seed;
    private final Map<String, GgufValue> metadata;

    private TinyModel(String name, String architecture, Family family, Shape shape, Vocabulary vocabulary,
                      WeightType weightType, long seed, Map<String, GgufValue> metadata) {
        this.name = name;
        this.architecture = architecture;
        this.family = family;
        this.shape = shape;
        this.vocabulary = vocabulary;
        this.weightType = weightType;
        this.seed = seed;
        this.metadata = metadata;
    }

    private static TinyModel of(String name, String architecture, Family family, Vocabulary vocabulary) {
        return new TinyModel(name, architecture, family, Shape.DEFAULT, vocabulary, WeightType.F32, 1, Map.of());
    }

    private static TinyModel decoder(String name, String architecture, float ropeBase, Trait... traits) {
        return of(name, architecture, DecoderFamily.of(ropeBase, traits), Vocabulary.tiny());
    }

    /** Llama 1 and 2, and what has their shape. */
    public static TinyModel llama() {
        return decoder("Tiny Llama", "llama", LLAMA_2);
    }

    /** Llama 3, with the factors of its position encoding. */
    public static TinyModel llama3() {
        return decoder("Tiny Llama 3", "llama", LLAMA_3, Trait.ROPE_FACTORS);
    }

    /** Mistral 7B, which llama.cpp runs as a Llama. */
    public static TinyModel mistral() {
        return decoder("Tiny Mistral", "llama", LONG);
    }

    /** Mixtral: a Llama with experts, here 4, of which 2 are used for each token. */
    public static TinyModel mixtral() {
        return decoder("Tiny Mixtral", "llama", LONG).experts(4);
    }

    /** Yi, which llama.cpp runs as a Llama. */
    public static TinyModel yi() {
        return decoder("Tiny Yi", "llama", YI);
    }

    /** Qwen 2 and 2.5. */
    public static TinyModel qwen2() {
        return decoder("Tiny Qwen 2", "qwen2", LONG, Trait.BIASES);
    }

    /** Qwen 3. */
    public static TinyModel qwen3() {
        return decoder("Tiny Qwen 3", "qwen3", LONG, Trait.QUERY_KEY_NORM);
    }

    /** Phi 3. */
    public static TinyModel phi3() {
        return decoder("Tiny Phi 3", "phi3", LLAMA_2, Trait.FUSED);
    }

    /** Gemma. */
    public static TinyModel gemma() {
        return decoder("Tiny Gemma", "gemma", LLAMA_2, Trait.TIED);
    }

    /** Gemma 2: every second layer sees the last 32 tokens only. */
    public static TinyModel gemma2() {
        return decoder("Tiny Gemma 2", "gemma2", LLAMA_2, Trait.TIED, Trait.POST_NORM, Trait.SLIDING_WINDOW, Trait.SOFT_CAP);
    }

    /** Gemma 3: every second layer sees the last 32 tokens only. */
    public static TinyModel gemma3() {
        return decoder("Tiny Gemma 3", "gemma3", LONG, Trait.TIED, Trait.POST_NORM, Trait.SLIDING_WINDOW,
                Trait.QUERY_KEY_NORM);
    }

    /** Gemma 4: every second layer sees the last 32 tokens only, and each has an embedding of the token of its own. */
    public static TinyModel gemma4() {
        return decoder("Tiny Gemma 4", "gemma4", LONG, Trait.TIED, Trait.POST_NORM, Trait.SLIDING_WINDOW,
                Trait.QUERY_KEY_NORM, Trait.LAYER_EMBEDDINGS, Trait.ROPE_FACTORS);
    }

    /** Falcon 7B. */
    public static TinyModel falcon() {
        return of("Tiny Falcon", "falcon", new FalconFamily(), Vocabulary.tiny());
    }

    /** Mamba: recurrent, without attention. Its heads are not used. */
    public static TinyModel mamba() {
        return of("Tiny Mamba", "mamba", new RecurrentFamily(), Vocabulary.tiny());
    }

    /** BERT: embeddings, with mean pooling and {@link Vocabulary#wordPiece()}. */
    public static TinyModel bert() {
        return of("Tiny BERT", "bert", new EncoderFamily(List.of()), Vocabulary.wordPiece());
    }

    /** BERT with a head that gives one score for a pair of texts, and no pair template: separated by {@code [SEP]}. */
    public static TinyModel reranker() {
        return of("Tiny reranker", "bert", new EncoderFamily(List.of("relevance")), Vocabulary.wordPiece());
    }

    /** Qwen 3 with a head that judges yes or no, and a pair template in its metadata. */
    public static TinyModel qwen3Reranker() {
        Family family = new RerankFamily(DecoderFamily.of(LONG, Trait.QUERY_KEY_NORM));
        return of("Tiny Qwen 3 reranker", "qwen3", family, Vocabulary.tiny())
                .metadata("tokenizer.chat_template.rerank", GgufValue.of(RerankFamily.TEMPLATE));
    }

    /** T5: an encoder and a decoder, with {@link Vocabulary#unigram()}. */
    public static TinyModel t5() {
        return of("Tiny T5", "t5", new EncoderDecoderFamily(), Vocabulary.unigram());
    }

    /**
     * A Llama that gives one answer, whatever it is asked: it says it piece by piece, about a word each, and then ends. Sampling
     * changes nothing at usual temperatures. For tests of code that reads answers.
     *
     * @param answer at least one character; not a single token of {@link Vocabulary#tiny()}, whose control tokens and template the
     *     model has
     * @throws IllegalArgumentException if it is such a token, or of more than some 8,000 pieces
     */
    public static TinyModel answering(String answer) {
        Script script = Script.of(answer);
        int embedding = Math.ceilDiv(ScriptFamily.directions(script), 64) * 64;
        return of("Tiny model with an answer", "llama", new ScriptFamily(script), BytePairVocabulary.with(script.pieces()))
                .embeddingSize(embedding);
    }

    static TinyModel scripted(ConversationFamily family, ScriptTemplate template, int context) {
        Shape shape = new Shape(1, family.embedding(), 1, 1, family.feedForward(), 0, context);
        return new TinyModel("Scripted model", "llama", family, shape, family.vocabulary(), WeightType.F32, 1,
                Map.of("tokenizer.chat_template", GgufValue.of(template.jinja())));
    }

    /** Of the weights: another one gives another model of the same shape. */
    public TinyModel seed(long value) {
        return new TinyModel(name, architecture, family, shape, vocabulary, weightType, value, metadata);
    }

    /** Number of layers, from 1 to 128. */
    public TinyModel layers(int value) {
        return with(shape.withLayers(value));
    }

    /** Floats per token, from 8 to 8,192: a multiple of twice the number of heads. */
    public TinyModel embeddingSize(int value) {
        return with(shape.withEmbedding(value));
    }

    /**
     * Heads of the attention.
     *
     * @param heads from 1 to 64; twice their number divides the embedding
     * @param keyValueHeads a divisor of it
     */
    public TinyModel heads(int heads, int keyValueHeads) {
        return with(shape.withHeads(heads, keyValueHeads));
    }

    /** Floats in the middle of each feed-forward network, from 8 to 65,536. */
    public TinyModel feedForwardSize(int value) {
        return with(shape.withFeedForward(value));
    }

    /** Trained context in tokens, from 16 to 1,048,576. */
    public TinyModel contextSize(int value) {
        return with(shape.withContext(value));
    }

    /**
     * The tokenizer.
     *
     * @throws IllegalArgumentException if this model gives one answer ({@link #answering})
     */
    public TinyModel vocabulary(Vocabulary value) {
        if (family instanceof ScriptFamily) {
            throw new IllegalArgumentException("the vocabulary of a model that gives one answer is made for that answer");
        }
        return new TinyModel(name, architecture, family, shape, value, weightType, seed, metadata);
    }

    /** How matrices lie in the file. */
    public TinyModel weightType(WeightType value) {
        return new TinyModel(name, architecture, family, shape, vocabulary, value, seed, metadata);
    }

    /** A value of the metadata, in place of the maker's own or besides it. */
    public TinyModel metadata(String key, GgufValue value) {
        Map<String, GgufValue> values = new LinkedHashMap<>(metadata);
        values.put(key, value);
        return new TinyModel(name, architecture, family, shape, vocabulary, weightType, seed, Collections.unmodifiableMap(values));
    }

    private TinyModel experts(int value) {
        return with(shape.withExperts(value));
    }

    private TinyModel with(Shape value) {
        return new TinyModel(name, architecture, family, value, vocabulary, weightType, seed, metadata);
    }

    /** As llama.cpp names it: {@code general.architecture}. */
    public String architecture() {
        return architecture;
    }

    /** A name for people: {@code general.name}. */
    public String name() {
        return name;
    }

    /** The tokenizer. */
    public Vocabulary vocabulary() {
        return vocabulary;
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

    /** The {@link #name()}. */
    @Override
    public String toString() {
        return name;
    }

    Shape shape() {
        return shape;
    }

    GgufFile file() {
        GgufFile file = new GgufFile();
        file.put("general.type", GgufValue.of("model"));
        file.put("general.architecture", GgufValue.of(architecture));
        file.put("general.name", GgufValue.of(name));
        file.put("general.file_type", GgufValue.of(weightType.code()));
        family.write(new ModelWriter(file, architecture, shape, vocabulary, weightType, seed));
        file.putAll(vocabulary.metadata());
        file.putAll(metadata);
        return file;
    }
}
