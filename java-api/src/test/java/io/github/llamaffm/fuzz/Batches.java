package io.github.llamaffm.fuzz;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.Sequence;

/** Batches of several sequences, and what decodes and encodes them. */
final class Batches {

    private Batches() {}

    static Batch of(Player p, Context context) {
        return p.pickOrMake(Kind.BATCH, context, () -> p.keep(Kind.BATCH, context.newBatch(), context));
    }

    @Operation(weight = 5)
    static void open(Player p) {
        Context context = Contexts.any(p);
        p.keep(Kind.BATCH, context.newBatch(), context);
    }

    @Operation(weight = 14)
    static void add(Player p) {
        Context context = Contexts.any(p);
        Batch batch = of(p, context);
        for (int rows = p.number(1, 6); rows > 0; rows--) {
            Sequence sequence = Sequences.of(p, context);
            Values.readAll(batch.add(p.orNull(sequence), p.token(context.model()), p.chance(40)));
        }
    }

    @Operation(weight = 2)
    static void addEmbedding(Player p) {
        Context context = Contexts.any(p);
        Batch batch = of(p, context);
        Sequence sequence = Sequences.of(p, context);
        Model model = context.model();
        float[] embedding = new float[p.mischief() ? p.below(100) : model.info().inputEmbeddingSize()];
        for (int i = 0; i < embedding.length; i++) {
            embedding[i] = p.random().nextFloat() - 0.5f;
        }
        Values.readAll(batch.add(sequence, p.orNull(embedding), p.chance(40)));
    }

    @Operation(weight = 2, mayThrow = IndexOutOfBoundsException.class)
    static void ask(Player p) {
        Batch batch = p.pick(Kind.BATCH);
        Values.readAll(batch.size(), batch.capacity(), batch.hasLogits(p.arg("row", p.number(0, batch.size()))));
    }

    /** From an empty batch to logits that are read. */
    @Operation(weight = 14)
    static void decodeAnew(Player p) {
        Context context = Contexts.any(p);
        Batch batch = of(p, context);
        batch.clear();
        int rows = p.arg("rows", p.number(1, Math.min(8, batch.capacity())));
        for (int row = 0; row < rows; row++) {
            batch.add(Sequences.of(p, context), p.token(context.model()), row == rows - 1);
        }
        decode(p, context, batch);
        p.keep(Kind.LOGITS, context.logits(rows - 1), context);
        for (int i = p.below(3); i > 0; i--) {
            Sampler sampler = Samplers.of(p, context.model());
            Values.readAll(p.chance(70) ? sampler.sample(context, rows - 1) : sampler.candidates(context, rows - 1, p.number(1, 5)));
        }
    }

    @Operation(weight = 10)
    static void decode(Player p) {
        Context context = Contexts.any(p);
        decode(p, context, of(p, context));
    }

    private static void decode(Player p, Context context, Batch batch) {
        if (p.chance(60)) {
            context.decode(p.orNull(batch));
        } else {
            context.decode(batch, p.orNull(cancellation(p)));
        }
    }

    @Operation(weight = 4)
    static void encode(Player p) {
        Context context = Contexts.any(p);
        Batch batch = of(p, context);
        if (p.chance(60)) {
            context.encode(p.orNull(batch));
        } else {
            context.encode(batch, p.orNull(cancellation(p)));
        }
    }

    /** A text that an encoder takes: of a sequence that has nothing yet. */
    @Operation(weight = 4)
    static void encodeAnew(Player p) {
        Context context = Contexts.any(p);
        Batch batch = of(p, context);
        Sequence sequence = Sequences.of(p, context);
        batch.clear();
        sequence.clear();
        for (int rows = p.number(1, 6); rows > 0 && batch.size() < batch.capacity(); rows--) {
            batch.add(sequence, p.token(context.model()), p.chance(20));
        }
        if (p.chance(50)) {
            context.encode(batch);
        } else {
            context.encode(batch, Cancellation.create());
        }
    }

    private static Cancellation cancellation(Player p) {
        Cancellation cancellation = p.find(Kind.CANCELLATION, null).orElseGet(Cancellation::create);
        if (p.chance(50)) {
            p.meanwhile(cancellation::cancel);
        }
        return cancellation;
    }

    @Operation(weight = 3)
    static void clear(Player p) {
        p.pick(Kind.BATCH).clear();
    }

    @Operation(weight = 2)
    static void close(Player p) {
        Batch batch = p.pick(Kind.BATCH);
        batch.close();
        p.closed(batch);
    }
}
