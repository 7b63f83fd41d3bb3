package io.github.llamaffm;

/**
 * What a context's options come to with its model.
 *
 * @param embeddings whether embeddings come out: then every row is an output
 * @param pooling in force, never {@link Pooling#MODEL}
 * @param causal whether a token sees only those before it
 * @param maxPositions positions that the model knows; {@link Integer#MAX_VALUE}: any
 */
record ContextTraits(boolean embeddings, Pooling pooling, boolean causal, int maxPositions) {

    /** @param memory whether anything is kept between two batches */
    static ContextTraits of(NativeModel model, ContextOptions options, boolean memory) {
        ModelTraits traits = model.info().traits();
        Pooling asked = options.pooling().orElse(Pooling.MODEL);
        Pooling pooling = asked == Pooling.MODEL ? traits.pooling() : asked;
        boolean encodes = !memory || options.pooling().isPresent() && model.info().hasEncoder();
        boolean causal = !encodes && switch (options.attention()) {
            case MODEL -> traits.causal();
            case CAUSAL -> true;
            case NON_CAUSAL -> false;
        };
        return new ContextTraits(options.pooling().isPresent(), pooling == Pooling.MODEL ? Pooling.NONE : pooling, causal,
                traits.maxPositions() == 0 ? Integer.MAX_VALUE : traits.maxPositions());
    }

    boolean isPooled() {
        return embeddings && pooling != Pooling.NONE;
    }

    /**
     * Whether a sequence must be computed in one piece: llama.cpp aborts where attention is not causal, and pools each piece
     * by itself. Of pieces, the last row that is pooled is the right one.
     */
    boolean inOnePiece() {
        return !causal || isPooled() && pooling != Pooling.LAST;
    }
}
