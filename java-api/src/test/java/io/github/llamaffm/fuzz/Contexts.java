package io.github.llamaffm.fuzz;

import io.github.llamaffm.AdapterMismatch;
import io.github.llamaffm.Attention;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedding;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Logits;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.RopeScaling;
import io.github.llamaffm.Sequence;

/** Contexts: made, asked, changed and closed. */
final class Contexts {

    private Contexts() {}

    static Context any(Player p) {
        return p.pickOrMake(Kind.CONTEXT, null, () -> openOne(p));
    }

    @Operation(weight = 24)
    static void open(Player p) {
        Values.readAll(openOne(p));
    }

    private static Context openOne(Player p) {
        Model model = Models.any(p);
        return p.keep(Kind.CONTEXT, model.newContext(p.orNull(p.arg("options", options(p)))), model);
    }

    /** With what comes out of them. */
    @Operation(weight = 5)
    static void openForEmbeddings(Player p) {
        Model model = Models.any(p);
        ContextOptions options = options(p).toBuilder().pooling(p.one(Pooling.values())).build();
        Context context = p.keep(Kind.CONTEXT, model.newContext(p.arg("options", options)), model);
        Sequence sequence = Sequences.of(p, context);
        Batch batch = Batches.of(p, context);
        int rows = p.number(1, Math.min(4, batch.capacity()));
        for (int row = 0; row < rows; row++) {
            batch.add(sequence, p.token(model), p.chance(60));
        }
        if (model.info().hasEncoder()) {
            context.encode(batch);
        } else {
            context.decode(batch);
        }
        p.keep(Kind.EMBEDDING, p.chance(50) ? context.embedding(sequence) : context.embedding(p.below(rows)), context);
    }

    @Operation(weight = 1)
    static void openDefault(Player p) {
        Model model = Models.any(p);
        p.keep(Kind.CONTEXT, p.chance(50) ? model.newContext() : model.newContext(ContextOptions.defaults()), model);
    }

    /** Small ones, that fill up. */
    static ContextOptions options(Player p) {
        ContextOptions.Builder builder = ContextOptions.builder()
                .contextSize(p.number(1, 256)).batchSize(p.number(1, 128)).ubatchSize(p.one(8, 16, 32, 64)).maxSequences(p.number(1, 5));
        if (p.chance(70)) {
            builder.threads(p.number(1, 2));
        } else {
            p.find(Kind.POOL, null).ifPresentOrElse(builder::threadPool, () -> builder.threads(2));
        }
        for (int i = p.below(4); i > 0; i--) {
            switch (p.below(15)) {
                case 0 -> builder.trainedContextSize();
                case 1 -> builder.maxOutputs(p.number(1, 8));
                case 2 -> builder.flashAttention(p.orNull(p.one(FlashAttention.values())));
                case 3 -> builder.keyType(p.one(KvType.values()));
                case 4 -> builder.valueType(p.one(KvType.values()));
                case 5, 6 -> builder.unifiedCache(p.chance(50));
                case 7 -> builder.fullSlidingWindow(p.chance(50));
                case 8 -> builder.recurrentRollback(p.number(0, 6));
                case 9, 10 -> builder.pooling(p.one(Pooling.values()));
                case 11 -> builder.attention(p.one(Attention.values()));
                case 12 -> builder.ropeScaling(rope(p));
                case 13 -> builder.offloadKvCache(p.chance(50));
                default -> builder.adapters(p.orNull(Tunings.adapters(p, null))).adapterMismatch(p.one(AdapterMismatch.values()));
            }
        }
        ContextOptions options = builder.build();
        return p.chance(10) ? options.toBuilder().contextSize(p.number(16, 64)).build() : options;
    }

    private static RopeScaling rope(Player p) {
        RopeScaling.Builder builder = RopeScaling.builder();
        for (int i = p.below(4); i > 0; i--) {
            switch (p.below(8)) {
                case 0 -> builder.type(p.one(RopeScaling.Type.values()));
                case 1 -> builder.frequencyBase(p.real(1000, 100_000));
                case 2 -> builder.frequencyScale(p.real(0.1f, 2));
                case 3 -> builder.yarnOriginalContext(p.number(1, 512));
                case 4 -> builder.yarnExtrapolation(p.real(0, 1));
                case 5 -> builder.yarnAttention(p.real(0, 2));
                case 6 -> builder.yarnBetaFast(p.real(0, 32));
                default -> builder.yarnBetaSlow(p.real(0, 2));
            }
        }
        return p.chance(20) ? RopeScaling.model() : builder.build();
    }

    @Operation(weight = 3)
    static void ask(Player p) {
        Context context = any(p);
        Values.readAll(context.model(), context.options(), context.size(), context.sequenceSize(), context.batchSize(),
                context.ubatchSize(), context.threads(), context.maxSequences(), context.isPoisoned(), context.isClosed(),
                context.attention(), context.adapters(), context.kvCache());
    }

    @Operation(weight = 3)
    static void perf(Player p) {
        Context context = any(p);
        Values.readAll(context.perf());
        if (p.chance(30)) {
            context.resetPerf();
        }
    }

    @Operation(weight = 4)
    static void warmUp(Player p) {
        any(p).warmUp();
    }

    @Operation(weight = 4)
    static void attention(Player p) {
        any(p).attention(p.orNull(p.arg("attention", p.chance(70) ? Attention.CAUSAL : p.one(Attention.values()))));
    }

    @Operation(weight = 6)
    static void logits(Player p) {
        Context context = any(p);
        p.keep(Kind.LOGITS, context.logits(p.arg("row", p.number(0, 3))), context);
    }

    @Operation(weight = 8, mayThrow = IndexOutOfBoundsException.class)
    static void readLogits(Player p) {
        Logits logits = p.pick(Kind.LOGITS);
        switch (p.arg("way", p.below(5))) {
            case 0 -> Values.readAll(logits.argMax());
            case 1 -> Values.readAll(logits.get(p.arg("token", p.number(0, 100))));
            case 2 -> logits.copyTo(p.orNull(new float[p.one(0, 1, logits.size())]));
            case 3 -> Values.readAll(logits.unsafeSegment().byteSize(), logits.size());
            default -> Values.readAll(logits.toArray());
        }
    }

    @Operation(weight = 4)
    static void embedding(Player p) {
        Context context = any(p);
        if (p.chance(50)) {
            p.keep(Kind.EMBEDDING, context.embedding(p.arg("row", p.number(0, 3))), context);
        } else {
            Sequence sequence = Sequences.of(p, context);
            p.keep(Kind.EMBEDDING, context.embedding(p.orNull(sequence)), context);
        }
    }

    @Operation(weight = 4, mayThrow = IndexOutOfBoundsException.class)
    static void readEmbedding(Player p) {
        Embedding embedding = p.pick(Kind.EMBEDDING);
        switch (p.arg("way", p.below(4))) {
            case 0 -> Values.readAll(embedding.get(p.arg("index", p.number(0, 63))));
            case 1 -> embedding.copyTo(p.orNull(new float[p.one(0, 1, embedding.size())]));
            case 2 -> Values.readAll(embedding.unsafeSegment().byteSize(), embedding.size());
            default -> Values.readAll(embedding.toArray());
        }
    }

    @Operation(weight = 5)
    static void close(Player p) {
        Context context = any(p);
        context.close();
        p.closed(context);
    }

    @Operation(weight = 4)
    static void closeMeanwhile(Player p) {
        Context context = any(p);
        p.meanwhile(context::close);
        int[] prompt = p.tokens(context.model());
        switch (p.arg("what", p.below(3))) {
            case 0 -> p.keep(Kind.SEQUENCE, context.newSequence(), context).append(prompt);
            case 1 -> new Answer(context.generate(prompt, Generations.options(p, context))).generation().result();
            default -> context.warmUp();
        }
    }
}
