package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** A model in native memory. */
final class NativeModel extends NativeResource implements Model {

    private final ModelOptions options;
    private final NativeModelInfo info;
    private final NativeTokenizer tokenizer;

    NativeModel(MemorySegment raw, ModelOptions options) {
        super("model", null, false, raw, LlamaFfm::lf_model_free);
        this.options = options;
        this.tokenizer = new NativeTokenizer(this, LlamaFfm.llama_model_get_vocab(pointer()));
        this.info = new NativeModelInfo(this, tokenizer.size());
    }

    ModelOptions options() {
        return options;
    }

    @Override
    public NativeModelInfo info() {
        return info;
    }

    @Override
    public NativeTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Context newContext() {
        return newContext(ContextOptions.defaults());
    }

    @Override
    public NativeContext newContext(ContextOptions contextOptions) {
        enter();
        try {
            requireWeights();
            return new ContextCreation(this, contextOptions).create();
        } finally {
            exit();
        }
    }

    @Override
    public Embedder newEmbedder(EmbedderOptions embedderOptions) {
        requireWeights();
        return NativeEmbedder.open(this, embedderOptions);
    }

    @Override
    public Reranker newReranker(RerankerOptions rerankerOptions) {
        requireWeights();
        return NativeReranker.open(this, rerankerOptions);
    }

    private void requireWeights() {
        if (options.vocabularyOnly()) {
            throw new IllegalStateException("the model was loaded with vocabularyOnly: it has no weights to compute with");
        }
    }

    @Override
    public List<Placement> placement() {
        enter();
        try {
            return NativePlacement.of(pointer());
        } finally {
            exit();
        }
    }

    @Override
    public void shutdown(Duration timeout) {
        Shutdown.run(this, timeout);
    }

    @Override
    public Sampler newSampler(SamplerOptions samplerOptions) {
        enter();
        try {
            return NativeSampler.create(this, this, samplerOptions);
        } finally {
            exit();
        }
    }
}
