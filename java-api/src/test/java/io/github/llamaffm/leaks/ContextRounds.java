package io.github.llamaffm.leaks;

import io.github.llamaffm.Attention;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextCreationException;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Reranker;
import io.github.llamaffm.RerankerOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import java.util.List;

/** Contexts, and what is one inside. */
final class ContextRounds {

    private ContextRounds() {}

    static ContextOptions.Builder small() {
        return ContextOptions.builder().contextSize(256).batchSize(64).threads(1);
    }

    static GenerateOptions greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build();
    }

    static Round open(Fixture fixture) {
        Model model = Model.load(fixture.model());
        ThreadPool shared = ThreadPool.of(2);
        List<ContextOptions> options = List.of(
                small().build(),
                ContextOptions.builder().contextSize(256).batchSize(64).threads(2).maxSequences(4).build(),
                ContextOptions.builder().contextSize(256).batchSize(64).threadPool(shared).keyType(KvType.Q8_0).build(),
                small().maxSequences(4).unifiedCache(false).flashAttention(FlashAttention.OFF).build());
        return new Round() {
            @Override
            public void run(int number) {
                try (Context context = fixture.watch(model.newContext(options.get(number % options.size())))) {
                    Sequence sequence = fixture.watch(context.newSequence());
                    sequence.append("Once");
                    fixture.watch(sequence.generate("upon", greedy(4))).iterator().next();
                    fixture.watch(context.newBatch()).add(sequence, 1, true);
                }
            }

            @Override
            public void close() {
                shared.close();
                model.close();
            }
        };
    }

    /** With a thread of its own, because a virtual one must not compute. */
    static Round virtual(Fixture fixture) {
        Model model = Model.load(fixture.model());
        return new Round() {
            @Override
            public void run(int number) throws Exception {
                Thread.ofVirtual().start(() -> {
                    try (Context context = fixture.watch(model.newContext(small().build()));
                         Generation generation = context.generate("Once upon", greedy(2))) {
                        generation.result();
                    }
                }).join();
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    /** llama.cpp says no when some of it is made: the blocks of quantised keys do not divide these heads. */
    static Round refused(Fixture fixture) {
        Model model = Model.load(fixture.narrow());
        ContextOptions options = small().keyType(KvType.Q8_0).build();
        return new Round() {
            @Override
            public void run(int number) {
                Fixture.fails(ContextCreationException.class, () -> model.newContext(options));
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    static Round embedder(Fixture fixture) {
        Model model = Model.load(fixture.ranking());
        return new Round() {
            @Override
            public void run(int number) {
                try (Embedder embedder = fixture.watch(model.newEmbedder(EmbedderOptions.builder()
                        .pooling(Pooling.MEAN).context(small().maxSequences(4).build()).build()))) {
                    embedder.embedAll(List.of("the woman", "opened her case", ""));
                }
                try (Reranker reranker = fixture.watch(model.newReranker(RerankerOptions.builder()
                        .context(small().maxSequences(4).build()).build()))) {
                    reranker.rank("the woman", List.of("opened her case", "and took out one machine"));
                }
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    static Round pool(Fixture fixture) {
        return number -> fixture.watch(ThreadPool.of(1 + number % 3)).close();
    }

    /** What changes a context, and makes llama.cpp lay out its buffers anew. */
    static Round settings(Fixture fixture) {
        Model model = Model.load(fixture.model());
        Context context = model.newContext(small().build());
        return new Round() {
            @Override
            public void run(int number) {
                context.attention(number % 2 == 0 ? Attention.NON_CAUSAL : Attention.CAUSAL);
                context.perf();
                context.kvCache();
                context.warmUp();
                context.resetPerf();
                model.placement();
            }

            @Override
            public void close() {
                context.close();
                model.close();
            }
        };
    }
}
