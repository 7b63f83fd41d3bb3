package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A model in native memory. */
final class NativeModel extends NativeResource implements Model, ChatHost {

    private final ModelOptions options;
    private final ModelFiles files;
    private final NativeModelInfo info;
    private final NativeTokenizer tokenizer;

    /** @param load makes the native model, or throws */
    NativeModel(Supplier<MemorySegment> load, ModelOptions options, ModelFiles files) {
        super("model", null, false, load, LlamaFfm::lf_model_free);
        this.options = options;
        this.files = files;
        boolean made = false;
        try {
            this.tokenizer = new NativeTokenizer(this, LlamaFfm.llama_model_get_vocab(pointer()));
            this.info = new NativeModelInfo(this, tokenizer.size());
            made();
            made = true;
        } finally {
            if (!made) {
                abandon();
            }
        }
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
        enterToMake();
        try {
            requireWeights();
            AdapterSet adapters = AdapterSet.of(this, contextOptions.adapters());
            NativeContext context = new ContextCreation(this, contextOptions).create();
            boolean done = false;
            try {
                context.contextAdapters().own(adapters);
                done = true;
                return context;
            } finally {
                if (!done) {
                    context.close();
                }
            }
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
        enterToMake();
        try {
            return NativeSampler.create(this, this, samplerOptions, Optional.empty());
        } finally {
            exit();
        }
    }

    @Override
    public LoraAdapter loadAdapter(Path path) {
        enterToMake();
        try {
            requireWeights();
            return NativeLoraAdapter.load(this, path);
        } finally {
            exit();
        }
    }

    @Override
    void beforeCall() {
        StackRoom.require();
    }

    @Override
    public Thread caller() {
        return Worker.caller();
    }

    @Override
    public Runnable onCancel(Object cancellation, Runnable listener) {
        Cancellation token = (Cancellation) cancellation;
        token.addListener(listener);
        return () -> token.removeListener(listener);
    }

    @Override
    public ChatTemplates openTemplates(Optional<String> source) {
        enterToMake();
        try {
            return NativeChatTemplates.open(this, source);
        } finally {
            exit();
        }
    }

    @Override
    public int[] tokensBesideText() {
        return tokenizer().besideText();
    }

    @Override
    public String schemaToGrammar(String schema) {
        enter();
        try {
            return ChatCall.run(schema, false, LlamaFfm::lf_json_schema_to_grammar);
        } finally {
            exit();
        }
    }

    ModelOptions options() {
        return options;
    }

    ModelFiles files() {
        return files;
    }
}
