package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.llama_batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * A {@code llama_batch} whose arrays are written in place. One row belongs to one sequence.
 *
 * <p>Its memory is collected with it: the struct is passed to every call, and all arrays share its scope.
 */
final class NativeBatch implements Batch {

    private final NativeContext context;
    private final int capacity;
    private final int maxOutputs;

    private final MemorySegment struct;
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment sequenceIds;
    private final MemorySegment outputs;

    /** Rows of each sequence, how many tokens were computed before them, and the position of the first of them. */
    private final int[] rowsOf;
    private final int[] startOf;
    private final int[] positionOf;
    private final NativeSequence[] sequences;

    private int size;
    private int outputCount;
    private boolean closed;

    NativeBatch(NativeContext context, int capacity, int maxOutputs) {
        this.context = context;
        this.capacity = capacity;
        this.maxOutputs = maxOutputs;
        this.rowsOf = new int[context.maxSequences()];
        this.startOf = new int[context.maxSequences()];
        this.positionOf = new int[context.maxSequences()];
        this.sequences = new NativeSequence[context.maxSequences()];
        Arena arena = Arena.ofAuto();
        struct = llama_batch.allocate(arena);
        tokens = arena.allocate(ValueLayout.JAVA_INT, capacity);
        positions = arena.allocate(ValueLayout.JAVA_INT, capacity);
        sequenceIds = arena.allocate(ValueLayout.JAVA_INT, capacity);
        outputs = arena.allocate(capacity);
        MemorySegment ones = arena.allocate(ValueLayout.JAVA_INT, capacity);
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, capacity);
        for (int row = 0; row < capacity; row++) {
            ones.setAtIndex(ValueLayout.JAVA_INT, row, 1);
            pointers.setAtIndex(ValueLayout.ADDRESS, row, sequenceIds.asSlice((long) row * Integer.BYTES));
        }
        llama_batch.token(struct, tokens);
        llama_batch.embd(struct, MemorySegment.NULL);
        llama_batch.pos(struct, positions);
        llama_batch.n_seq_id(struct, ones);
        llama_batch.seq_id(struct, pointers);
        llama_batch.logits(struct, outputs);
    }

    NativeContext context() {
        return context;
    }

    @Override
    public int add(Sequence sequence, int token, boolean logits) {
        if (!(sequence instanceof NativeSequence nativeSequence) || nativeSequence.context() != context) {
            throw new IllegalArgumentException("the sequence is not one of this batch's context");
        }
        context.requireToken(token, size);
        return context.call(() -> {
            requireOpen();
            nativeSequence.requireOpen();
            nativeSequence.settle();
            return addRow(nativeSequence, token, logits);
        }, () -> {});
    }

    /** As {@link #add}, of checked arguments and in a call of the context. */
    int addRow(NativeSequence sequence, int token, boolean logits) {
        if (size == capacity) {
            throw new IllegalStateException("the batch is full: it has %d rows".formatted(capacity));
        }
        if (logits && outputCount == maxOutputs) {
            throw new IllegalStateException("%d rows have logits already; raise maxOutputs".formatted(maxOutputs));
        }
        int id = sequence.id();
        if (rowsOf[id] == 0) {
            sequences[id] = sequence;
            startOf[id] = sequence.decoded();
            positionOf[id] = sequence.positionToDecode();
        }
        int row = size++;
        tokens.setAtIndex(ValueLayout.JAVA_INT, row, token);
        positions.setAtIndex(ValueLayout.JAVA_INT, row, positionOf[id] + rowsOf[id]++);
        sequenceIds.setAtIndex(ValueLayout.JAVA_INT, row, id);
        outputs.set(ValueLayout.JAVA_BYTE, row, (byte) (logits ? 1 : 0));
        outputCount += logits ? 1 : 0;
        return row;
    }

    /** What native code reads, up to date. */
    MemorySegment struct() {
        llama_batch.n_tokens(struct, size);
        return struct;
    }

    /** Rows of the sequence with that id. */
    int rowsOf(int id) {
        return rowsOf[id];
    }

    /** The sequence with that id, where it has rows. */
    NativeSequence sequence(int id) {
        return sequences[id];
    }

    /** llama.cpp would refuse positions that do not follow, and would take those of another tenant of the same id. */
    void requireCurrent() {
        requireOpen();
        if (size == 0) {
            throw new IllegalStateException("the batch is empty");
        }
        for (int id = 0; id < rowsOf.length; id++) {
            if (rowsOf[id] > 0 && (!sequences[id].isOpen() || sequences[id].decoded() != startOf[id]
                    || sequences[id].positionToDecode() != positionOf[id])) {
                throw new IllegalStateException(
                        "sequence %d changed since its rows were added to the batch; clear the batch and add them again"
                                .formatted(id));
            }
        }
    }

    int token(int row) {
        return tokens.getAtIndex(ValueLayout.JAVA_INT, row);
    }

    int sequenceId(int row) {
        return sequenceIds.getAtIndex(ValueLayout.JAVA_INT, row);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public boolean hasLogits(int row) {
        return outputs.get(ValueLayout.JAVA_BYTE, Objects.checkIndex(row, size)) != 0;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the batch is closed");
        }
    }

    /** The memory goes with this object. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void clear() {
        size = 0;
        outputCount = 0;
        Arrays.fill(rowsOf, 0);
        Arrays.fill(sequences, null);
    }
}
