package io.github.llamaffm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sequences of a context and the cells that they take. For callers inside a call of the context. */
final class SequencePool {

    private final NativeContext context;
    private final @Nullable NativeSequence[] tenants;

    /** Whether each sequence has cells of its own. */
    private final boolean separate;

    /** Cells that a tenant left behind; they are removed when somebody needs the room. */
    private final int[] leftCells;

    /** Unfinished generations with a sequence of their own, the oldest first. */
    private final List<NativeGeneration> ownGenerations = new ArrayList<>();

    SequencePool(NativeContext context) {
        this.context = context;
        this.tenants = new NativeSequence[context.maxSequences()];
        this.leftCells = new int[context.maxSequences()];
        this.separate = context.sequenceSize() < context.size();
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

    /** Leases another sequence with what one has. */
    NativeSequence fork(NativeSequence origin) {
        NativeSequence copy = lease();
        boolean done = false;
        try {
            copy.copyOf(origin);
            done = true;
            return copy;
        } finally {
            if (!done) {
                release(copy);
            }
        }
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

    /**
     * Whether so many tokens of a sequence fit. Native code is asked only where that is not certain: forks share cells, which
     * are counted for each of them here.
     */
    boolean hasRoom(int id, int tokens) {
        if (tokens <= context.sequenceSize() - mostUsed(id)) {
            return true;
        }
        removeAllLeft();
        return tokens <= freeCells(id);
    }

    /** @throws NoKvSpaceException if so many tokens of a sequence do not fit */
    void requireRoom(NativeSequence sequence, int tokens) {
        if (!hasRoom(sequence.id(), tokens)) {
            throw new NoKvSpaceException(tokens, freeCells(sequence.id()), context.sequenceSize(), List.of());
        }
    }

    /** @throws NoKvSpaceException if the rows of a batch do not fit */
    void requireRoom(NativeBatch batch) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0 && !hasRoom(id, separate ? batch.rowsOf(id) : batch.size())) {
                throw noSpace(batch, List.of());
            }
        }
    }

    /** For a batch that did not fit. */
    NoKvSpaceException noSpace(NativeBatch batch, List<String> log) {
        int tokens = batch.size();
        int free = context.sequenceSize();
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0 && freeCells(id) <= free) {
                tokens = separate ? batch.rowsOf(id) : batch.size();
                free = freeCells(id);
            }
        }
        return new NoKvSpaceException(tokens, free, context.sequenceSize(), log);
    }

    /** A state takes no cells, but one history is never longer than the context. */
    private int freeCells(int id) {
        return context.sequenceSize() - Math.max(context.cache().usedCells(id), decoded(id));
    }

    private int mostUsed(int id) {
        if (separate) {
            return decoded(id) + leftCells[id];
        }
        int used = 0;
        for (int other = 0; other < tenants.length; other++) {
            used += decoded(other) + leftCells[other];
        }
        return used;
    }

    private int decoded(int id) {
        NativeSequence tenant = tenants[id];
        return tenant == null ? 0 : tenant.decoded();
    }

    private void removeAllLeft() {
        for (int id = 0; id < leftCells.length; id++) {
            removeLeft(id);
        }
    }

    /** Empties every sequence but one. */
    void keepOnly(NativeSequence kept) {
        List.copyOf(ownGenerations).forEach(generation -> generation.end(FinishReason.CANCELLED));
        for (NativeSequence tenant : tenants) {
            if (tenant != null && tenant != kept) {
                tenant.closeGeneration();
                tenant.empty();
            }
        }
        removeAllLeft();
    }

    private void removeLeft(int id) {
        if (leftCells[id] > 0) {
            context.cache().clear(id);
            leftCells[id] = 0;
        }
    }

    /** Counts the rows of a batch that was computed. */
    void decoded(NativeBatch batch) {
        for (int id = 0; id < tenants.length; id++) {
            NativeSequence tenant = tenants[id];
            if (tenant != null) {
                tenant.grow(batch.rowsOf(id));
            }
        }
    }

    /** Adds the tokens of a computed batch to the histories. */
    void append(NativeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            batch.sequence(batch.sequenceId(row)).remember(batch.hasEmbeddings() ? History.EMBEDDING : batch.token(row));
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
