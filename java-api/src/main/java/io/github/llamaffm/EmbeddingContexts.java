package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.llama_context_params;
import java.lang.foreign.MemorySegment;

/** What is peculiar to the making of a context for embeddings. */
final class EmbeddingContexts {

    private EmbeddingContexts() {}

    /** What llama.cpp would answer with an abort or with wrong numbers. */
    static void check(MemorySegment model, ModelTraits known, ContextOptions options) {
        boolean hasEncoder = LlamaFfm.llama_model_has_encoder(model);
        ContextTraits traits = ContextTraits.of(known, hasEncoder, options, true);
        if (traits.embeddings() && traits.pooling() == Pooling.RANK) {
            known.requireRankHead();
        }
        // llama.cpp would hand the pooled row to the decoder.
        if (traits.isPooled() && hasEncoder && LlamaFfm.llama_model_has_decoder(model)) {
            throw new IllegalArgumentException("a decoder reads the embedding of each token: use Pooling.NONE with this model");
        }
        // Without a unified cache llama.cpp cuts texts of different lengths into pieces that it computes apart.
        if (traits.inOnePiece() && options.maxSequences() > 1 && !options.unifiedCache().orElse(true)) {
            throw new IllegalArgumentException("pooled embeddings and non-causal attention of several sequences need a unified"
                    + " cache: leave unifiedCache at its default");
        }
    }

    /** Adds to what was written for any context. */
    static void write(MemorySegment params, MemorySegment model, ContextOptions options) {
        if (options.pooling().isEmpty()) {
            return;
        }
        llama_context_params.embeddings(params, true);
        llama_context_params.pooling_type(params, type(options.pooling().get()));
        ContextTraits traits =
                ContextTraits.of(ModelTraits.read(model), LlamaFfm.llama_model_has_encoder(model), options, true);
        if (traits.isPooled()) {
            fitToSequences(params, options.maxSequences());
        }
        // Every row is an output, and llama.cpp aborts where they are more than this, or the sequences are.
        llama_context_params.n_outputs_max(params, Math.max(llama_context_params.n_batch(params), options.maxSequences()));
    }

    /**
     * llama.cpp lays out its graph for as many tokens in each sequence, and aborts where that leaves a rest: a ubatch, and the
     * context that bounds it, become multiples of the number of sequences.
     */
    private static void fitToSequences(MemorySegment params, int sequences) {
        int ubatch = Math.ceilDiv(llama_context_params.n_ubatch(params), sequences) * sequences;
        llama_context_params.n_ubatch(params, ubatch);
        llama_context_params.n_batch(params, Math.max(llama_context_params.n_batch(params), ubatch));
        llama_context_params.n_ctx(params, Math.max(llama_context_params.n_ctx(params), ubatch));
    }

    static int type(Pooling pooling) {
        return switch (pooling) {
            case MODEL -> LlamaFfm.LLAMA_POOLING_TYPE_UNSPECIFIED();
            case NONE -> LlamaFfm.LLAMA_POOLING_TYPE_NONE();
            case MEAN -> LlamaFfm.LLAMA_POOLING_TYPE_MEAN();
            case CLS -> LlamaFfm.LLAMA_POOLING_TYPE_CLS();
            case LAST -> LlamaFfm.LLAMA_POOLING_TYPE_LAST();
            case RANK -> LlamaFfm.LLAMA_POOLING_TYPE_RANK();
        };
    }
}
