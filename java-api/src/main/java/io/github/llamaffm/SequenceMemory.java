package io.github.llamaffm;

/**
 * What the memory of a context can do with the tokens of one sequence, and does. Ranges are of indices of the history. For
 * callers inside a call of the context.
 */
final class SequenceMemory {

    private final NativeContext context;
    private final NativeSequence sequence;
    private final History history;

    SequenceMemory(NativeContext context, NativeSequence sequence, History history) {
        this.context = context;
        this.sequence = sequence;
        this.history = history;
    }

    /** Whether the tokens from a length on can be taken out of the cache, and the others go on from there. */
    boolean canCut(int length) {
        int decoded = sequence.decoded();
        if (length == 0 || length >= decoded) {
            return true;
        }
        int position = history.positionAfter(length);
        return switch (cache().kind()) {
            case ATTENTION -> true;
            case SLIDING_WINDOW -> cache().canContinueAt(sequence.id(), position);
            case RECURRENT, HYBRID -> canRollBack(decoded - length, position) && cache().canContinueAt(sequence.id(), position);
            case NONE -> false;
        };
    }

    /** llama.cpp keeps the states after each of the last tokens of a decode, and goes back once, by positions. */
    private boolean canRollBack(int tokens, int position) {
        return tokens < sequence.justDecoded() && tokens <= cache().rollback()
                && sequence.positionToDecode() - position == tokens
                && !cache().isShared(sequence.id(), position, -1);
    }

    /** Whether these tokens can be removed. */
    boolean canDrop(int from, int to) {
        int end = Math.min(to, sequence.decoded());
        if (from >= end) {
            return true;
        }
        return end == sequence.decoded() ? canCut(from) : cache().canRemove();
    }

    /** Whether the positions of these tokens can be changed. */
    boolean canMove(int from, int to) {
        int end = Math.min(to, sequence.decoded());
        return from >= end
                || cache().info().canShift()
                        && !cache().isShared(sequence.id(), history.position(from), history.positionAfter(end));
    }

    private void requireMovable(int from, int to) {
        if (!canMove(from, to)) {
            throw new UnsupportedMemoryException(cache().info().canShift()
                    ? "tokens %d to %d cannot move: a fork shares some of them, and they would move for both".formatted(from, to)
                    : "the memory of this model cannot shift positions", cache().kind());
        }
    }

    /**
     * Removes tokens of the history.
     *
     * @param close whether the tokens behind them move to close the gap
     * @throws UnsupportedMemoryException if that cannot be done; then nothing was
     */
    void drop(int from, int to, boolean close) {
        if (!canDrop(from, to)) {
            throw new UnsupportedMemoryException(
                    "a memory of kind %s cannot forget tokens %d to %d of %d; clear the sequence and append what is to stay"
                            .formatted(cache().kind(), from, to, history.size()), cache().kind());
        }
        if (close) {
            requireMovable(to, history.size());
        }
        int end = Math.min(to, sequence.decoded());
        if (from < end) {
            removeCells(from, end);
        }
        history.remove(from, to);
        history.renumber(sequence.decoded());
        if (close && from < sequence.decoded()) {
            move(from, history.size(), history.positionAfter(from) - history.position(from));
        }
    }

    private void removeCells(int from, int to) {
        boolean last = to == sequence.decoded();
        boolean removed = cache().remove(sequence.id(),
                last && from == 0 ? -1 : history.position(from), last ? -1 : history.positionAfter(to));
        if (!removed) {
            throw new UnsupportedMemoryException("llama.cpp refused to remove tokens %d to %d".formatted(from, to),
                    cache().kind());
        }
        sequence.decodedUpTo(sequence.decoded() - (to - from));
    }

    /**
     * Changes positions, which stay ascending.
     *
     * @throws UnsupportedMemoryException if that cannot be done; then nothing was
     */
    void move(int from, int to, int by) {
        requireMovable(from, to);
        int end = Math.min(to, sequence.decoded());
        if (from < end && by != 0) {
            cache().shift(sequence.id(), history.position(from), history.positionAfter(end), by);
            history.shift(from, end, by);
            history.renumber(sequence.decoded());
        }
    }

    private KvCache cache() {
        return context.cache();
    }
}
