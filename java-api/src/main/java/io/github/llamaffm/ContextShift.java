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

    /** Makes room for a prompt behind what is there. */
    void promptBegins(int tokens) {
        keepFirst();
        makeRoom(tokens);
    }

    /** Of what follows the prompt nothing is kept. */
    void promptEnds() {
        keepFirst();
    }

    /** Makes room for the token that was sampled last. */
    void makeRoom() {
        makeRoom(0);
    }

    /** The token that begins every text is kept in any case. */
    private void keepFirst() {
        NativeTokenizer tokenizer = context.model().tokenizer();
        boolean bos = tokenizer.addsBos() && sequence.length() > 0
                && tokenizer.bos().orElse(-1) == sequence.token(0);
        kept = Math.min(how.keep() + (bos ? 1 : 0), sequence.length());
    }

    private void makeRoom(int tokens) {
        // All but the token that was sampled last; or all of what other adapters computed, which is computed again.
        int left = Math.max(sequence.decoded(), sequence.length() - 1) - kept;
        while (left > 0 && !fits(sequence.length() - sequence.decoded() + tokens)) {
            int discard = Math.min(left, how.discard().orElse(Math.max(1, left / 2)));
            sequence.memory().drop(kept, kept + discard, true);
            left -= discard;
        }
    }

    /** The tools never fill the last cell. */
    private boolean fits(int tokens) {
        return sequence.decoded() + tokens < context.sequenceSize() && context.sequences().hasRoom(sequence.id(), tokens);
    }
}
