package io.github.llamaffm;

/**
 * What a context's options come to with its model.
 *
 * @param embeddings whether embeddings come out: then every row is an output
 * @param pooling in force, never {@link Pooling#MODEL}
 * @param causal whether a token sees only those before it
 * @param memory whether anything is kept between two batches: models like BERT compute each by itself
 * @param maxPositions positions that the model knows; {@link Integer#MAX_VALUE}: any
 */
record ContextTraits(boolean embeddings, Pooling pooling, boolean causal, boolean memory, int maxPositions) {

    static ContextTraits of(ModelTraits model, ContextOptions options, boolean memory) {
        Pooling asked = options.pooling().orElse(Pooling.MODEL);
        Pooling pooling = asked == Pooling.MODEL ? model.pooling() : asked;
        boolean causal = memory && switch (options.attention()) {
            case MODEL -> model.causal();
            case CAUSAL -> true;
            case NON_CAUSAL -> false;
        };
        return new ContextTraits(options.pooling().isPresent(), pooling == Pooling.MODEL ? Pooling.NONE : pooling, causal,
                memory, model.maxPositions() == 0 ? Integer.MAX_VALUE : model.maxPositions());
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
