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

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment struct;
    private final MemorySegment tokens;
    private MemorySegment positions;
    private final MemorySegment sequenceIds;
    private final MemorySegment outputs;

    /** Rows of each sequence, how many tokens were computed before them, and the position of the first of them. */
    private final int[] rowsOf;
    private final int[] startOf;
    private final int[] positionOf;
    private final NativeSequence[] sequences;

    /** Rows of floats; allocated with the first embedding. */
    private MemorySegment embeddings = MemorySegment.NULL;

    /** Whether the rows are embeddings, not tokens. */
    private boolean ofEmbeddings;

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
        NativeSequence own = context.rules().requireOwn(sequence);
        context.rules().requireToken(token, size);
        context.enter();
        try {
            prepare(own, false);
            return addRow(own, token, logits);
        } finally {
            context.exit();
        }
    }

    @Override
    public int add(Sequence sequence, float[] embedding, boolean logits) {
        NativeSequence own = context.rules().requireOwn(sequence);
        int width = context.model().info().inputEmbeddingSize();
        if (embedding.length != width) {
            throw new IllegalArgumentException("the embedding has %d floats, the model takes %d"
                    .formatted(embedding.length, width));
        }
        context.enter();
        try {
            prepare(own, true);
            int row = addRow(own, 0, logits);
            MemorySegment.copy(embedding, 0, embeddings, ValueLayout.JAVA_FLOAT, (long) row * width * Float.BYTES, width);
            return row;
        } finally {
            context.exit();
        }
    }

    /** Before a row of a sequence is added, in a call of the context. */
    private void prepare(NativeSequence sequence, boolean embedding) {
        context.requireUsable();
        requireOpen();
        sequence.requireOpen();
        if (!sequence.isSettled()) {
            context.call(stop -> {
                sequence.settle(stop);
                return null;
            });
        }
        if (size == 0) {
            ofEmbeddings = embedding;
            if (embedding && embeddings.address() == 0) {
                allocateEmbeddings();
            }
        } else if (ofEmbeddings != embedding) {
            throw new IllegalStateException("the batch has %s already, and takes one kind; clear it, or decode it first"
                    .formatted(ofEmbeddings ? "embeddings" : "tokens"));
        }
    }

    private void allocateEmbeddings() {
        embeddings = arena.allocate(ValueLayout.JAVA_FLOAT, (long) capacity * context.model().info().inputEmbeddingSize());
        MemorySegment wider = arena.allocate(
                ValueLayout.JAVA_INT, (long) capacity * context.model().info().positionsPerEmbedding());
        positions = wider;
        llama_batch.pos(struct, wider);
    }

    /** As {@link #add}, of checked arguments and in a call of the context. */
    int addRow(NativeSequence sequence, int token, boolean logits) {
        if (size == capacity) {
            throw new IllegalStateException("the batch is full: it has %d rows".formatted(capacity));
        }
        // llama.cpp warns of each batch of an embedding context with rows that are no outputs.
        boolean output = logits || context.traits().embeddings();
        if (output && outputCount == maxOutputs) {
            throw new IllegalStateException("%d rows have logits already; raise maxOutputs".formatted(maxOutputs));
        }
        int id = sequence.id();
        if (rowsOf[id] == 0) {
            sequences[id] = sequence;
            startOf[id] = sequence.decoded();
            positionOf[id] = sequence.positionToDecode();
        }
        int position = positionOf[id] + rowsOf[id];
        if (position >= context.traits().maxPositions()) {
            throw new IllegalStateException("the model knows %d positions: the sequence is full"
                    .formatted(context.traits().maxPositions()));
        }
        rowsOf[id]++;
        int row = size++;
        tokens.setAtIndex(ValueLayout.JAVA_INT, row, token);
        positions.setAtIndex(ValueLayout.JAVA_INT, row, position);
        sequenceIds.setAtIndex(ValueLayout.JAVA_INT, row, id);
        outputs.set(ValueLayout.JAVA_BYTE, row, (byte) (output ? 1 : 0));
        outputCount += output ? 1 : 0;
        return row;
    }

    /** What native code reads to decode, up to date. */
    MemorySegment struct() {
        llama_batch.n_tokens(struct, size);
        llama_batch.token(struct, ofEmbeddings ? MemorySegment.NULL : tokens);
        llama_batch.embd(struct, ofEmbeddings ? embeddings : MemorySegment.NULL);
        llama_batch.logits(struct, outputs);
        if (ofEmbeddings) {
            writeMorePositions();
        }
        return struct;
    }

    /** As {@link #struct()}, for an encoder, which puts out every row. */
    MemorySegment encoderStruct() {
        struct();
        llama_batch.logits(struct, MemorySegment.NULL);
        return struct;
    }

    /**
     * Models that place an image in several dimensions (M-RoPE) read more than one position of each embedding: all first ones,
     * then all second ones. Those of text are equal, and the last is 0.
     */
    private void writeMorePositions() {
        int each = context.model().info().positionsPerEmbedding();
        for (int dimension = 1; dimension < each; dimension++) {
            for (int row = 0; row < size; row++) {
                int position = dimension == each - 1 ? 0 : positions.getAtIndex(ValueLayout.JAVA_INT, row);
                positions.setAtIndex(ValueLayout.JAVA_INT, (long) dimension * size + row, position);
            }
        }
    }

    /** Whether the rows are embeddings, not tokens. */
    boolean hasEmbeddings() {
        return ofEmbeddings;
    }

    /** Rows that were asked for logits or embeddings. */
    int outputs() {
        return outputCount;
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
        if (context.isClosed()) {
            removeRows();
            return;
        }
        // A decode on another thread counts these rows when it is done.
        context.enter();
        try {
            removeRows();
        } finally {
            context.exit();
        }
    }

    /** As {@link #clear}, in a call of the context. */
    void removeRows() {
        size = 0;
        outputCount = 0;
        Arrays.fill(rowsOf, 0);
        Arrays.fill(sequences, null);
    }
}
