package io.github.llamaffm;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Texts in, normalised vectors out. */
final class NativeEmbedder implements Embedder {

    private static final ContextOptions USUAL = ContextOptions.builder().batchSize(512).maxSequences(64).build();

    private final NativeModel model;
    private final EmbedderOptions options;
    private final PooledContext pooled;
    private final TextStream stream;
    private final int size;

    private NativeEmbedder(NativeModel model, EmbedderOptions options, PooledContext pooled) {
        this.model = model;
        this.options = options;
        this.pooled = pooled;
        this.stream = new TextStream("embedder", pooled);
        this.size = model.info().outputEmbeddingSize();
    }

    static NativeEmbedder open(NativeModel model, EmbedderOptions options) {
        NativeModelInfo info = model.info();
        if (info.hasEncoder() && info.hasDecoder()) {
            throw new IllegalArgumentException("the model (%s) has a decoder behind its encoder: neither llama.cpp's tools nor this"
                    .formatted(info.description()) + " make embeddings with it; convert its encoder alone");
        }
        Pooling pooling = pooling(info, options);
        ContextOptions context = contextOptions(info, options.context(), pooling, options.attention());
        return new NativeEmbedder(model, options, PooledContext.open(model, context));
    }

    private static Pooling pooling(NativeModelInfo info, EmbedderOptions options) {
        if (options.pooling() != Pooling.MODEL) {
            return options.pooling();
        }
        return switch (info.traits().pooling()) {
            case MEAN, CLS, LAST -> info.traits().pooling();
            case MODEL, NONE -> Pooling.MEAN;
            case RANK -> throw new IllegalArgumentException("the model (%s) ranks: use newReranker, or say which pooling"
                    .formatted(info.description()));
        };
    }

    /** What a context for pooled texts is, of what its user asks for. */
    static ContextOptions contextOptions(
            NativeModelInfo info, Optional<ContextOptions> asked, Pooling pooling, Attention attention) {
        ContextOptions base = asked.orElse(USUAL);
        // The states of a recurrent model are big, and llama.cpp computes them one text after the other.
        int sequences = asked.isEmpty() && info.isRecurrent() ? 1 : base.maxSequences();
        ContextOptions.Builder options = base.toBuilder()
                .ubatchSize(base.batchSize())
                .maxSequences(sequences)
                .unifiedCache(true)
                .pooling(pooling)
                .attention(attention);
        if (asked.isEmpty() && pooling != Pooling.LAST) {
            options.contextSize(base.batchSize());
        }
        return options.build();
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public EmbedderOptions options() {
        return options;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Pooling pooling() {
        return pooled.context().traits().pooling();
    }

    @Override
    public int maxTokens() {
        return pooled.maxTokens();
    }

    @Override
    public float[] embed(String text, EmbedOptions embedOptions) {
        EmbeddingResult[] result = new EmbeddingResult[1];
        embedAll(List.of(text), embedOptions, only -> result[0] = only);
        return result[0].orThrow();
    }

    @Override
    public void embedAll(Iterable<String> texts, EmbedOptions embedOptions, Consumer<EmbeddingResult> each) {
        String prefix = switch (embedOptions.kind()) {
            case PLAIN -> "";
            case QUERY -> options.queryPrefix();
            case PASSAGE -> options.passagePrefix();
        };
        stream.run(texts.iterator(), text -> prepare(prefix, text), this::result, each,
                embedOptions.progress(), embedOptions.cancellation());
    }

    private EmbeddingResult result(int index, PreparedText text, float @Nullable [] row) {
        if (row != null) {
            options.normalization().apply(row);
        }
        return new EmbeddingResult(index, Optional.ofNullable(row), text.tokens().length, text.truncated(),
                Optional.ofNullable(text.failure()));
    }

    private PreparedText prepare(String prefix, String text) {
        return PreparedText.prepare("an empty text", () -> {
            int[] tokens = encode(prefix + text, true);
            return tokens.length <= maxTokens()
                    ? PreparedText.of(tokens, false)
                    : PreparedText.of(truncate(prefix, text, tokens), true);
        });
    }

    private int[] encode(String text, boolean addSpecial) {
        return model.tokenizer().encode(text, addSpecial, options.parseSpecial());
    }

    private int[] truncate(String prefix, String text, int[] tokens) {
        int[] bare = encode(prefix + text, false);
        int specialBefore = 0;
        while (specialBefore + bare.length < tokens.length
                && !Arrays.equals(tokens, specialBefore, specialBefore + bare.length, bare, 0, bare.length)) {
            specialBefore++;
        }
        int[] prefixTokens = encode(prefix, false);
        // Its last token may have grown together with the text.
        int prefixLength = Arrays.mismatch(prefixTokens, 0, prefixTokens.length, bare, 0, Math.min(bare.length, prefixTokens.length));
        int head = specialBefore + (prefixLength < 0 ? prefixTokens.length : prefixLength);
        int tail = tokens.length - bare.length - specialBefore;
        return new TokenCut(options.truncation(), maxTokens()).cut(tokens, head, tail);
    }

    NativeContext context() {
        return pooled.context();
    }

    @Override
    public boolean isClosed() {
        return pooled.context().isClosed();
    }

    @Override
    public void close() {
        pooled.context().close();
    }
}
