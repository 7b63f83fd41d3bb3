package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_model_traits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a model's embeddings depend on.
 *
 * @param pooling that the model declares; {@link Pooling#MODEL} where it declares none
 * @param rankOutputs floats of its rank head; 0: it has none
 * @param maxPositions rows of its table of learned positions; 0: it has none. A position behind them ends the process
 * @param causal whether a token sees only those before it
 */
record ModelTraits(Pooling pooling, int rankOutputs, int maxPositions, boolean causal) {

    /** In a call of the model. */
    static ModelTraits read(MemorySegment model) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = lf_model_traits.allocate(arena);
            int status = LlamaFfm.lf_model_get_traits(model, out);
            if (status != LlamaFfm.LF_OK()) {
                throw ContextCreation.failure(NativeError.last(), "cannot read what the model says of its embeddings");
            }
            return new ModelTraits(pooling(lf_model_traits.pooling_type(out)), lf_model_traits.rank_outputs(out),
                    lf_model_traits.max_positions(out), lf_model_traits.causal(out));
        }
    }

    /** @throws RankingException if llama.cpp would take the first floats of an embedding for scores */
    void requireRankHead() {
        if (rankOutputs == 0) {
            throw new RankingException("the model has no rank head: it cannot score; use a reranker, such as the bge-reranker"
                    + " models, converted with its classifier");
        }
    }

    private static Pooling pooling(int type) {
        for (Pooling pooling : Pooling.values()) {
            if (EmbeddingContexts.type(pooling) == type) {
                return pooling;
            }
        }
        throw new ContextCreationException("the model declares an unknown pooling type " + type, List.of());
    }
}
