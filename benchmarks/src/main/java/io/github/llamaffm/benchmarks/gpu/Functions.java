package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several sequences, embeddings, states and grammars. */
final class Functions {

    private static final int TOKENS = 32;
    private static final List<String> TEXTS = List.of("The river begins", "There are two schools, a market and", "He said: \"17 shops");

    private Functions() {}

    static void run(Setup setup, Findings findings) {
        // In 16 bits: of quantised weights, a batch of another size takes another kernel, with activations of another precision, and
        // random weights make much of that.
        try (Model model = Model.load(setup.exact(), setup.onGpu())) {
            findings.part("several sequences", () -> sequences(model, findings));
            findings.part("states", () -> states(model, findings));
            findings.part("grammar", () -> grammar(model, findings));
            findings.part("embeddings", () -> embeddings(setup, model, findings));
        }
    }

    private static void sequences(Model model, Findings findings) {
        int most = TEXTS.size();
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).maxSequences(most).build());
                Batch batch = context.newBatch()) {
            List<float[]> alone = new ArrayList<>();
            for (String text : TEXTS) {
                try (Sequence sequence = context.newSequence()) {
                    batch.clear();
                    alone.add(context(context, batch, List.of(sequence), List.of(text)).getFirst());
                }
            }
            List<Sequence> sequences = new ArrayList<>();
            TEXTS.forEach(_ -> sequences.add(context.newSequence()));
            batch.clear();
            List<float[]> together = context(context, batch, sequences, TEXTS);
            double least = 1;
            for (int i = 0; i < most; i++) {
                least = Math.min(least, Computed.cosine(alone.get(i), together.get(i)));
            }
            findings.judge(least > Conformance.COSINE, most + " sequences in one batch, beside each alone", "least cosine %.6f", least);
            try (Sequence fork = sequences.getFirst().fork()) {
                throw new IllegalStateException("a fork beyond maxSequences: " + fork.length());
            } catch (IllegalStateException _) {
                sequences.getLast().close();
            }
            try (Sequence fork = sequences.getFirst().fork()) {
                double cosine = Computed.cosine(after(context, batch, sequences.getFirst()), after(context, batch, fork));
                findings.judge(cosine > Conformance.COSINE, "a fork goes on as the first does", "least cosine %.6f in %d steps", cosine,
                        TOKENS);
            }
        }
    }

    /**
     * Logits of each of some tokens that follow: the same ones for all, as random weights are full of near ties, which the order of
     * sums decides. That depends on where in the cache the tokens of a sequence lie.
     */
    private static float[][] after(Context context, Batch batch, Sequence sequence) {
        int[] tokens = context.model().tokenizer().encode(Computed.TEXT, false, true);
        float[][] rows = new float[TOKENS][];
        for (int step = 0; step < TOKENS; step++) {
            batch.clear();
            int row = batch.add(sequence, tokens[step], true);
            context.decode(batch);
            rows[step] = context.logits(row).toArray();
        }
        return rows;
    }

    /** Logits after the last token of each. */
    private static List<float[]> context(Context context, Batch batch, List<Sequence> sequences, List<String> texts) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            int[] tokens = context.model().tokenizer().encode(texts.get(i), true, true);
            for (int j = 0; j < tokens.length; j++) {
                int row = batch.add(sequences.get(i), tokens[j], j == tokens.length - 1);
                if (j == tokens.length - 1) {
                    rows.add(row);
                }
            }
        }
        context.decode(batch);
        return rows.stream().map(row -> context.logits(row).toArray()).toList();
    }

    private static void states(Model model, Findings findings) {
        byte[] state;
        int[] expected;
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).build()); Sequence sequence = context.newSequence()) {
            sequence.append(Computed.TEXT);
            state = sequence.save();
            expected = Computed.greedy(sequence, TOKENS);
            sequence.restore(state);
            int[] again = Computed.greedy(sequence, TOKENS);
            findings.judge(Arrays.equals(expected, again), "a saved state, restored in its context", "%s; %s saved", same(expected, again),
                    mebibytes(state.length));
        }
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).build()); Sequence sequence = context.newSequence()) {
            sequence.restore(state);
            int[] again = Computed.greedy(sequence, TOKENS);
            findings.judge(Arrays.equals(expected, again), "the same, restored in another context", "%s", same(expected, again));
        }
    }

    private static void grammar(Model model, Findings findings) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(64).sampler(SamplerOptions.greedy())
                .grammar(Grammar.of("root ::= (\"yes\" | \"no\") \", \" [0-9] [0-9] [0-9] [0-9]")).build();
        List<GenerationResult> results = new ArrayList<>();
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).build())) {
            for (int i = 0; i < 2; i++) {
                try (Generation generation = context.generate(Computed.TEXT, options)) {
                    results.add(generation.result());
                }
            }
        }
        GenerationResult first = results.getFirst();
        findings.judge(first.text().matches("(yes|no), \\d{4}") && first.reason() == FinishReason.END
                && Arrays.equals(first.tokens(), results.getLast().tokens()), "text of a grammar, twice", "`%s` and `%s`", first.text(),
                results.getLast().text());
    }

    private static void embeddings(Setup setup, Model model, Findings findings) {
        EmbedderOptions options = EmbedderOptions.builder().pooling(Pooling.MEAN).build();
        List<float[]> there = embed(model, options);
        List<float[]> here;
        try (Model onCpu = Model.load(setup.exact(), Setup.onCpu())) {
            here = embed(onCpu, options);
        }
        double least = 1;
        for (int i = 0; i < here.size(); i++) {
            least = Math.min(least, Computed.cosine(here.get(i), there.get(i)));
        }
        findings.judge(least > Conformance.COSINE, "embeddings, the mean of " + here.size() + " texts each, beside the CPU's",
                "least cosine %.6f", least);
    }

    private static List<float[]> embed(Model model, EmbedderOptions options) {
        try (Embedder embedder = model.newEmbedder(options)) {
            return embedder.embedAll(TEXTS).stream().map(result -> result.orThrow()).toList();
        }
    }

    static String same(int[] some, int[] others) {
        int mismatch = Arrays.mismatch(some, others);
        return "%d of %d tokens are the same".formatted(mismatch < 0 ? some.length : mismatch, some.length);
    }
}
