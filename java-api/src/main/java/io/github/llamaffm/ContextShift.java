package io.github.llamaffm;

/** {@link WhenFull.Shift} of one generation, with the arithmetic of llama.cpp's tools. For callers inside a call of the context. */
final class ContextShift {

    private final NativeContext context;
    private final NativeSequence sequence;
    private final WhenFull.Shift how;
    private int kept;

    /** @throws UnsupportedMemoryException if the memory cannot forget tokens and go on */
    ContextShift(NativeContext context, NativeSequence sequence, WhenFull.Shift how) {
        KvCache cache = context.cache();
        if (!cache.canRemove() || !cache.info().canShift()) {
            throw new UnsupportedMemoryException(
                    "a memory of kind %s cannot forget its first tokens and go on; choose WhenFull.Stop or Fail%s".formatted(
                            cache.kind(), cache.kind() == MemoryKind.SLIDING_WINDOW ? ", or fullSlidingWindow" : ""),
                    cache.kind());
        }
        if (how.keep() >= context.sequenceSize() - 1) {
            throw new IllegalArgumentException("keep %d leaves no room for new tokens in a context of %d"
                    .formatted(how.keep(), context.sequenceSize()));
        }
        this.context = context;
        this.sequence = sequence;
        this.how = how;
    }

    /** The token that begins every text is kept in any case, and of what follows the prompt nothing is. */
    void promptEnds() {
        NativeTokenizer tokenizer = context.model().tokenizer();
        boolean bos = tokenizer.addsBos() && sequence.length() > 0
                && tokenizer.bos().orElse(-1) == sequence.token(0);
        kept = Math.min(how.keep() + (bos ? 1 : 0), sequence.length());
    }

    /** The tools never fill the last cell. */
    void makeRoom() {
        int pending = sequence.length() - sequence.decoded();
        if (sequence.length() < context.sequenceSize() && context.sequences().hasRoom(sequence.id(), pending)) {
            return;
        }
        int left = sequence.decoded() - kept;
        int discard = Math.min(left, how.discard().orElse(left / 2));
        if (discard > 0) {
            sequence.drop(kept, kept + discard, true);
        }
    }
}
