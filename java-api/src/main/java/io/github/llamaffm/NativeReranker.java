package io.github.llamaffm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pairs in, outputs of the rank head out. */
final class NativeReranker implements Reranker {

    /** Whose graph ends in a softmax: {@code llm_graph_context::build_pooling}. */
    private static final Set<String> WITH_SOFTMAX = Set.of("qwen3", "qwen3vl");

    private final NativeModel model;
    private final RerankerOptions options;
    private final PairTemplate template;
    private final PooledContext pooled;
    private final TextStream stream;
    private final boolean softmaxInGraph;

    private NativeReranker(NativeModel model, RerankerOptions options, PairTemplate template, PooledContext pooled) {
        this.model = model;
        this.options = options;
        this.template = template;
        this.pooled = pooled;
        this.stream = new TextStream("reranker", pooled);
        this.softmaxInGraph = WITH_SOFTMAX.contains(model.info().architecture());
    }

    static NativeReranker open(NativeModel model, RerankerOptions options) {
        model.info().requireRankHead();
        PairTemplate template = PairTemplate.of(model, options.template());
        ContextOptions context =
                NativeEmbedder.contextOptions(model.info(), options.context(), Pooling.RANK, Attention.MODEL);
        return new NativeReranker(model, options, template, PooledContext.open(model, context));
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public RerankerOptions options() {
        return options;
    }

    @Override
    public int maxTokens() {
        return pooled.maxTokens();
    }

    @Override
    public List<RankResult> rank(String query, List<String> passages, RankOptions rankOptions) {
        List<RankResult> results = new ArrayList<>(passages.size());
        stream.run(passages.iterator(), passage -> prepare(query, passage), this::result, results::add,
                rankOptions.progress(), rankOptions.cancellation());
        return results;
    }

    private PreparedText prepare(String query, String passage) {
        return PreparedText.prepare("the pair", () -> template.encode(query, passage, options.truncation(), maxTokens()));
    }

    private RankResult result(int index, PreparedText pair, float @Nullable [] row) {
        return row == null
                ? new RankResult(index, Float.NEGATIVE_INFINITY, 0, new float[0], 0, false, Optional.ofNullable(pair.failure()))
                : new RankResult(index, row[0], probability(row), row, pair.tokens().length, pair.truncated(), Optional.empty());
    }

    private float probability(float[] outputs) {
        if (softmaxInGraph) {
            return outputs[0];
        }
        if (outputs.length == 1) {
            return (float) (1 / (1 + Math.exp(-outputs[0])));
        }
        double sum = 0;
        for (float output : outputs) {
            sum += Math.exp((double) output - outputs[0]);
        }
        return (float) (1 / sum);
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
