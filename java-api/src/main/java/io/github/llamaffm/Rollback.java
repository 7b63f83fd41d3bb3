package io.github.llamaffm;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.Collectors;

/**
 * How sequences go back where a computation fails or is stopped in the middle. Reused; begun once for all that belongs
 * together. For callers inside a call of the context.
 *
 * <p>Attention goes back by removing cells. A window that moves on, and a recurrent state, go back by a {@link Checkpoints
 * checkpoint} that was taken before. A recurrent state that takes one token only is computed to its end instead: a checkpoint
 * of each would cost a hundredth of all tokens, for a cancellation that waits for one token at most.
 */
final class Rollback {

    private final NativeContext context;
    private final Checkpoints checkpoints;
    private final NativeSequence[] sequences;
    private final int[] decodedBefore;
    private final int[] lengthBefore;
    private final BitSet saved;
    private final BitSet cleared;
    private int count;
    private int rows;
    private boolean stoppable;
    private boolean touched;

    Rollback(NativeContext context) {
        this.context = context;
        this.checkpoints = new Checkpoints(context);
        this.sequences = new NativeSequence[context.maxSequences()];
        this.decodedBefore = new int[context.maxSequences()];
        this.lengthBefore = new int[context.maxSequences()];
        this.saved = new BitSet(context.maxSequences());
        this.cleared = new BitSet(context.maxSequences());
    }

    /**
     * For one batch.
     *
     * @return false where it was stopped while it waited for the threads of the context: then nothing was begun
     */
    boolean begin(NativeBatch batch, Stop stop) {
        reset(batch.size());
        for (int id = 0; id < sequences.length; id++) {
            if (batch.rowsOf(id) > 0) {
                add(batch.sequence(id));
            }
        }
        return prepare(stop);
    }

    /** As {@link #begin(NativeBatch, Stop)}, for a part of a sequence, in one batch or several. */
    boolean begin(NativeSequence sequence, int tokens, Stop stop) {
        reset(tokens);
        add(sequence);
        return prepare(stop);
    }

    private void reset(int newRows) {
        count = 0;
        rows = newRows;
        touched = false;
        saved.clear();
        cleared.clear();
    }

    private void add(NativeSequence sequence) {
        sequences[count] = sequence;
        decodedBefore[count] = sequence.decoded();
        lengthBefore[count] = sequence.length();
        count++;
    }

    private boolean prepare(Stop stop) {
        stoppable = true;
        if (goesBackAfter(rows)) {
            return true;
        }
        if (rows <= count) {
            for (int i = 0; i < count; i++) {
                stoppable &= decodedBefore[i] == 0;
            }
            return true;
        }
        // A checkpoint would keep keys as they were before the shift, at the positions behind it.
        if (!context.cache().update(stop)) {
            end();
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (decodedBefore[i] > 0 && checkpoints.take(sequences[i].id())) {
                saved.set(i);
            }
        }
        return true;
    }

    /** Whether cells can be removed again after so many more tokens, at whatever point they were stopped. */
    private boolean goesBackAfter(int tokens) {
        return switch (context.cache().kind()) {
            case ATTENTION, NONE -> true;
            // Within one ubatch no cell is written over that the next token of its sequence would see.
            case SLIDING_WINDOW -> tokens <= context.ubatchSize() || context.cache().info().canTruncate();
            case RECURRENT, HYBRID -> false;
        };
    }

    /** Whether a stop may take effect in the middle of a native call. */
    boolean isStoppable() {
        return stoppable;
    }

    /** Native code has changed what is in the cells. */
    void touch() {
        touched = true;
    }

    /**
     * Brings every sequence back to its length before. A second call does nothing, not even where the first failed.
     *
     * @return what to add to a message; empty where all went back
     */
    String undo() {
        int left = count;
        count = 0;
        for (int i = 0; i < left; i++) {
            goBack(i);
        }
        return cleared.isEmpty() ? "" : "; " + cleared.stream()
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "sequence ", " could not go back and was cleared"));
    }

    /** The computation is complete. */
    void end() {
        Arrays.fill(sequences, 0, count, null);
        count = 0;
    }

    private void goBack(int index) {
        NativeSequence sequence = sequences[index];
        sequences[index] = null;
        int decoded = decodedBefore[index];
        boolean kept = true;
        if (touched && !context.isPoisoned()) {
            int id = sequence.id();
            kept = decoded == 0 || restore(index, id, sequence.positionAfter(decoded));
            if (!kept || decoded == 0) {
                context.cache().clear(id);
            }
        }
        if (!kept) {
            cleared.set(sequence.id());
        }
        if (touched) {
            sequence.decodedUpTo(kept ? decoded : 0);
        }
        sequence.forget(kept ? lengthBefore[index] : 0);
    }

    /** A state that was touched may be half written: without a checkpoint it is lost, whatever llama.cpp can remove. */
    private boolean restore(int index, int id, int position) {
        boolean possible = saved.get(index)
                ? checkpoints.restore(id)
                : goesBackAfter(0) && context.cache().canContinueAt(id, position);
        return possible && context.cache().remove(id, position, -1);
    }
}
