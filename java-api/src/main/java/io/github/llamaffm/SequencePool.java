package io.github.llamaffm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sequences of a context and the cells that they take. For callers inside a call of the context. */
final class SequencePool {

    private final NativeContext context;
    private final @Nullable NativeSequence[] tenants;

    /** Cells that a tenant left behind; they are removed when somebody needs the room. */
    private final int[] leftCells;

    /** Unfinished generations with a sequence of their own, the oldest first. */
    private final List<NativeGeneration> ownGenerations = new ArrayList<>();

    SequencePool(NativeContext context) {
        this.context = context;
        this.tenants = new NativeSequence[context.maxSequences()];
        this.leftCells = new int[context.maxSequences()];
    }

    NativeSequence lease() {
        int id = freeId();
        if (id < 0) {
            throw new IllegalStateException("all %d sequences of the context are leased; close one or raise maxSequences"
                    .formatted(tenants.length));
        }
        removeLeft(id);
        NativeSequence sequence = new NativeSequence(context, id);
        tenants[id] = sequence;
        return sequence;
    }

    NativeGeneration generate(int[] prompt, GenerateOptions options) {
        if (freeId() < 0 && !ownGenerations.isEmpty()) {
            ownGenerations.getFirst().end(FinishReason.CANCELLED);
        }
        NativeSequence sequence = lease();
        boolean done = false;
        try {
            NativeGeneration generation = new NativeGeneration(context, sequence, true, prompt, options);
            ownGenerations.add(generation);
            done = true;
            return generation;
        } finally {
            if (!done) {
                release(sequence);
            }
        }
    }

    /** A generation with a sequence of its own has ended. */
    void release(NativeGeneration generation, NativeSequence sequence) {
        ownGenerations.remove(generation);
        release(sequence);
    }

    void release(NativeSequence sequence) {
        leftCells[sequence.id()] = sequence.decoded();
        tenants[sequence.id()] = null;
    }

    private int freeId() {
        return Arrays.asList(tenants).indexOf(null);
    }

    /** Cells that hold nothing that is needed. */
    int freeCells() {
        int used = 0;
        for (NativeSequence tenant : tenants) {
            used += tenant == null ? 0 : tenant.decoded();
        }
        return context.size() - used;
    }

    /** @throws NoKvSpaceException if so many tokens do not fit */
    void requireRoom(int tokens) {
        int free = freeCells();
        if (tokens > free) {
            throw new NoKvSpaceException(tokens, free, context.size(), List.of());
        }
        int left = 0;
        for (int cells : leftCells) {
            left += cells;
        }
        if (tokens > free - left) {
            for (int id = 0; id < leftCells.length; id++) {
                removeLeft(id);
            }
        }
    }

    private void removeLeft(int id) {
        if (leftCells[id] > 0) {
            context.kvCache().remove(id, 0);
            leftCells[id] = 0;
        }
    }

    /** Counts the rows of a batch that was computed. */
    void decoded(NativeBatch batch) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0) {
                batch.sequence(id).grow(batch.rowsOf(id));
            }
        }
    }

    /** Adds the tokens of a computed batch to the histories. */
    void append(NativeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            NativeSequence sequence = batch.sequence(batch.sequenceId(row));
            if (batch.hasEmbeddings()) {
                sequence.rememberEmbedding();
            } else {
                sequence.remember(batch.token(row));
            }
        }
    }

    /** The sequences of a batch have the output of a run of the encoder. */
    void encoded(NativeBatch batch, int run) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0) {
                batch.sequence(id).encoded(run);
            }
        }
    }

    /** An encoder takes a text from its start on. */
    void requireEmpty(NativeBatch batch) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0 && batch.sequence(id).length() > 0) {
                throw new IllegalStateException("sequence %d has %d tokens already, and an encoder starts at the first; clear it"
                        .formatted(id, batch.sequence(id).length()));
            }
        }
    }

    void closeGenerationsIn(NativeBatch batch) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0) {
                batch.sequence(id).closeGeneration();
            }
        }
    }

    /** The context is about to be freed. */
    void closeAll() {
        List.copyOf(ownGenerations).forEach(generation -> generation.end(FinishReason.CANCELLED));
        for (NativeSequence tenant : tenants) {
            if (tenant != null) {
                tenant.closeGeneration();
            }
        }
    }
}
