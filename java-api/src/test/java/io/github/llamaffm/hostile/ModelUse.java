package io.github.llamaffm.hostile;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.KvType;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.RerankerOptions;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.Tokenizer;
import java.nio.file.Path;
import java.util.Random;

/** All that is done with a model that was loaded from hostile bytes. */
final class ModelUse {

    private static final String TEXT = "The quick brown fox: 12345 jumps, <|im_start|>[CLS] naïve 世界 🦊\n\t  end</s>";

    private interface Step {
        void run();
    }

    private final Model model;
    private final Path file;
    private final Random random;
    private final Journal journal;
    private final ThreadPool pool;
    private Outcome outcome = Outcome.USED;

    ModelUse(Model model, Path file, ThreadPool pool, Random random, Journal journal) {
        this.model = model;
        this.file = file;
        this.random = random;
        this.journal = journal;
        this.pool = pool;
    }

    Outcome run(boolean vocabularyOnly) {
        int seed = random.nextInt();
        step("info", () -> {
            model.info().metadata();
            model.info().description();
            model.info().classLabels();
            model.placement();
        });
        step("tokens", this::tokens);
        if (random.nextInt(8) == 0) {
            step("plan", () -> MemoryPlan.of(ModelSource.path(file), ModelOptions.defaults(), contextOptions().build()));
        }
        if (vocabularyOnly) {
            return outcome;
        }
        step("context", () -> {
            try (Context context = model.newContext(random.nextInt(10) == 0 ? ContextOptions.builder().threads(2).build() : contextOptions().build())) {
                compute(context, seed);
            }
        });
        if (random.nextInt(4) == 0 || !model.info().hasDecoder()) {
            step("embed", () -> {
                EmbedderOptions options = EmbedderOptions.builder().context(contextOptions().build()).build();
                try (Embedder embedder = model.newEmbedder(options)) {
                    embedder.embedAll(java.util.List.of(TEXT, "another", "")).forEach(result -> result.failure().ifPresent(this::note));
                }
            });
        }
        if (!model.info().classLabels().isEmpty()) {
            step("rank", () -> {
                RerankerOptions options = RerankerOptions.builder().context(contextOptions().build()).build();
                try (var reranker = model.newReranker(options)) {
                    reranker.rank("a question", java.util.List.of(TEXT, "an answer")).forEach(result -> result.failure().ifPresent(this::note));
                }
            });
        }
        return outcome;
    }

    private void tokens() {
        Tokenizer tokenizer = model.tokenizer();
        tokenizer.decode(tokenizer.encode(TEXT, true, true));
        tokenizer.decode(tokenizer.encode("a".repeat(300) + " ".repeat(300) + "世".repeat(100)));
        tokenizer.endOfGeneration();
        for (int token = 0; token < Math.min(tokenizer.size(), 600); token++) {
            tokenizer.piece(token);
            tokenizer.info(token);
        }
    }

    private void compute(Context context, int seed) {
        int vocabulary = model.info().vocabularySize();
        int[] tokens = new Random(seed).ints(40, 0, vocabulary).toArray();
        if (model.info().hasEncoder()) {
            step("generate", () -> generate(context, java.util.Arrays.copyOf(tokens, 8)));
            return;
        }
        try (Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            step("decode", () -> {
                for (int i = 0; i < 12; i++) {
                    batch.add(sequence, tokens[i], i == 11);
                }
                context.decode(batch);
                context.logits(11).argMax();
            });
            step("sample", () -> sample(context, sequence, batch));
            step("append", () -> sequence.append(tokens));
            step("state", () -> {
                byte[] state = sequence.save();
                sequence.restore(state);
                sequence.append(tokens[0]);
            });
            step("truncate", () -> sequence.truncate(sequence.length() / 2));
        }
        step("generate", () -> generate(context, java.util.Arrays.copyOf(tokens, 5)));
    }

    private void sample(Context context, Sequence sequence, Batch batch) {
        try (Sampler sampler = model.newSampler(SamplerOptions.builder().seed(1).penalties(64, 1.1f, 0.1f, 0.1f).build())) {
            int token = sampler.sample(context, 11);
            for (int i = 0; i < 3; i++) {
                batch.clear();
                batch.add(sequence, token, true);
                context.decode(batch);
                token = sampler.sample(context, 0);
            }
        }
    }

    private void generate(Context context, int[] prompt) {
        var options = GenerateOptions.builder().maxTokens(4).sampler(SamplerOptions.builder().seed(2).build()).build();
        try (Generation generation = context.generate(prompt, options)) {
            generation.result();
        }
    }

    /** More threads than one: what fails on a thread of ggml's own cannot be caught there. */
    private ContextOptions.Builder contextOptions() {
        KvType[] types = {KvType.F16, KvType.F16, KvType.F32, KvType.Q8_0, KvType.Q4_0};
        KvType type = types[random.nextInt(types.length)];
        return ContextOptions.builder().contextSize(256).batchSize(64).ubatchSize(random.nextBoolean() ? 16 : 64).threadPool(pool)
                .maxSequences(1 + random.nextInt(3))
                .flashAttention(type == KvType.Q8_0 || type == KvType.Q4_0 ? FlashAttention.AUTO
                        : FlashAttention.values()[random.nextInt(3)])
                .fullSlidingWindow(random.nextInt(3) == 0)
                .keyType(type).valueType(type);
    }

    /** What fails is told, and does not keep the next step from being tried. */
    private void step(String name, Step step) {
        journal.stage(name);
        try {
            step.run();
        } catch (LlamaException | IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
            note(e);
        }
    }

    private void note(RuntimeException e) {
        Outcome.requireDocumented(e);
        outcome = outcome.or(Outcome.of(false, e));
    }
}
