package io.github.llamaffm;

import io.github.llamaffm.internal.state.SavedSequence;
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
    NativeSequence fork(NativeSequence origin, Stop stop) {
        NativeSequence copy = lease();
        boolean done = false;
        try {
            copy.copyOf(origin, stop);
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
        int id = sequence.id();
        leftCells[id] = sequence.decoded();
        tenants[id] = null;
        if (sequence.hasShared() && !context.isPoisoned()) {
            // Those who share cells with it have them for themselves from now on.
            removeLeft(id);
        }
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
        if (!separate && batch.size() <= context.sequenceSize() - mostUsed(0)) {
            return;
        }
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
        endOwnGenerations();
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

    /** The whole batch is computed with these adapters. */
    void computeWith(NativeBatch batch, AdapterSet adapters, Stop stop) {
        for (int id = 0; id < tenants.length; id++) {
            if (batch.rowsOf(id) > 0) {
                batch.sequence(id).computeWith(adapters);
                batch.sequence(id).settle(stop);
            }
        }
        batch.requireCurrent();
    }

    /** Those that are leased, by ascending id; what generates in them or by itself is ended. */
    List<NativeSequence> settled() {
        endOwnGenerations();
        List<NativeSequence> all = new ArrayList<>();
        for (NativeSequence tenant : tenants) {
            if (tenant != null) {
                tenant.closeGeneration();
                all.add(tenant);
            }
        }
        removeAllLeft();
        return all;
    }

    /** Leases the sequences of a state, whose cells are in the cache already. */
    List<Sequence> adopt(List<SavedSequence> saved) {
        List<Sequence> all = new ArrayList<>();
        for (SavedSequence one : saved) {
            NativeSequence sequence = new NativeSequence(context, one.id());
            sequence.become(one, saved.size() > 1);
            tenants[one.id()] = sequence;
            all.add(sequence);
        }
        return all;
    }

    /** The most tokens that a sequence can have decoded, if it gives its own up. */
    int roomWithout(NativeSequence sequence) {
        removeAllLeft();
        int id = sequence.id();
        int own = context.cache().isShared(id, 0, -1) ? 0 : sequence.decoded();
        return context.sequenceSize() - Math.max(0, context.cache().usedCells(id) - own);
    }

    private void endOwnGenerations() {
        List.copyOf(ownGenerations).forEach(generation -> generation.end(FinishReason.CANCELLED));
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
        endOwnGenerations();
        for (NativeSequence tenant : tenants) {
            if (tenant != null) {
                tenant.closeGeneration();
            }
        }
    }
}
