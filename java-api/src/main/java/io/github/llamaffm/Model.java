package io.github.llamaffm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The weights of a model. Any thread, and any number of contexts.
 *
 * <p>Must be closed, after everything made from it: memory that native code holds is never collected.
 */
public interface Model extends AutoCloseable {

    /** Loads a file with {@link ModelOptions#defaults()}. See {@link #load(ModelSource, ModelOptions)}. */
    static Model load(Path path) {
        return load(path, ModelOptions.defaults());
    }

    /** Loads a file. See {@link #load(ModelSource, ModelOptions)}. */
    static Model load(Path path, ModelOptions options) {
        return load(ModelSource.path(path), options);
    }

    /** Loads with {@link ModelOptions#defaults()}. See {@link #load(ModelSource, ModelOptions)}. */
    static Model load(ModelSource source) {
        return load(source, ModelOptions.defaults());
    }

    /**
     * Loads a model. The weights are mapped into memory, not read, where the file allows it. A thread that is interrupted
     * cancels the load, and stays interrupted.
     *
     * <p>Where the options name no devices, layers, shares or split, all layers go to the best GPU that holds them together with one {@link
     * ContextOptions#defaults() default} context and 1 GiB that stays free: that with most free memory, those of this machine before
     * those of RPC servers. If none does, they go to several GPUs; if these do not hold them, as many layers as fit go there, and
     * a WARN says what fits and what would; if none fits, the CPU computes. What the options say is done as they say it. This costs
     * reading the metadata once or a few times more, and nothing where there is no GPU.
     *
     * <p>Calls {@code lf_model_load}.
     *
     * @throws ModelLoadException if there is no readable model
     * @throws InsufficientMemoryException if weights that are not mapped as they are in the file do not fit into what this machine or
     *     this container has left of the host's memory
     * @throws GpuRequiredException if fewer layers would lie on GPUs than {@link ModelOptions#requireGpu()} asks for
     * @throws CancelledException if the load was cancelled
     * @throws RpcException if an RPC server that it needs does not answer
     * @throws NativeLoadException if the native library cannot be used
     */
    static Model load(ModelSource source, ModelOptions options) {
        return Leaks.handOut(Model.class, ModelLoader.load(source, options));
    }

    /** What the file says about the model. */
    ModelInfo info();

    /** The vocabulary. */
    Tokenizer tokenizer();

    /** A context with {@link ContextOptions#defaults()}. See {@link #newContext(ContextOptions)}. */
    Context newContext();

    /**
     * A KV cache with its compute buffers. Calls {@code lf_context_new}.
     *
     * @throws InsufficientMemoryException if it cannot fit beside the weights: see {@link MemoryPlan}
     * @throws ContextCreationException if llama.cpp refuses
     * @throws IllegalStateException if only the vocabulary was loaded
     */
    Context newContext(ContextOptions options);

    /** A sampler chain of the caller's own, for {@link Context#decode(Batch)}. Calls {@code lf_sampler_new}. */
    Sampler newSampler(SamplerOptions options);

    /**
     * Loads a LoRA adapter, a GGUF file as llama.cpp's {@code convert_lora_to_gguf.py} makes it. Used through {@link
     * ContextOptions#adapters()}, {@link GenerateOptions#adapters()} or {@link Context#adapters(Adapters)}.
     *
     * <p>Calls {@code llama_adapter_lora_init}.
     *
     * @throws AdapterException if the file cannot be read, is no LoRA adapter or does not fit the model
     * @throws IllegalStateException if only the vocabulary was loaded
     */
    LoraAdapter loadAdapter(Path path);

    /** An embedder with {@link EmbedderOptions#defaults()}. See {@link #newEmbedder(EmbedderOptions)}. */
    default Embedder newEmbedder() {
        return newEmbedder(EmbedderOptions.defaults());
    }

    /**
     * Turns texts into vectors, in a context of its own.
     *
     * @throws IllegalArgumentException if the options or the model leave no pooled embedding: {@link Pooling#NONE}, {@link
     *     Pooling#RANK}, or an encoder with a decoder behind it, as in T5
     * @throws InsufficientMemoryException if the cache cannot fit
     * @throws ContextCreationException if llama.cpp refuses
     * @throws IllegalStateException if only the vocabulary was loaded
     */
    Embedder newEmbedder(EmbedderOptions options);

    /** A reranker with {@link RerankerOptions#defaults()}. See {@link #newReranker(RerankerOptions)}. */
    default Reranker newReranker() {
        return newReranker(RerankerOptions.defaults());
    }

    /**
     * Scores passages for a query, in a context of its own.
     *
     * @throws RankingException if the model has no rank head, or nothing says how a query and a passage are put together
     * @throws InsufficientMemoryException if the cache cannot fit
     * @throws ContextCreationException if llama.cpp refuses
     * @throws IllegalStateException if only the vocabulary was loaded
     */
    Reranker newReranker(RerankerOptions options);

    /**
     * Where the weights lie: the host first, then the other devices. Read from the buffers of the tensors, so it says what
     * is, not what was asked for. Calls {@code lf_model_placement}.
     */
    List<Placement> placement();

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /**
     * Frees the weights, after waiting for calls under way. A second call does nothing. Calls {@code lf_model_free}.
     *
     * @throws IllegalStateException while contexts, samplers or adapters of it are open, with their number
     */
    @Override
    void close();

    /**
     * Ends everything that was made from the model, for the end of an application: cancels what runs, closes contexts,
     * samplers and whatever else is open, what uses something before what is used, and then the model, and waits for it. Any
     * thread. Later calls of any of them answer {@link IllegalStateException}. A second call does nothing.
     *
     * @param timeout not negative
     * @throws IllegalStateException if something was still in use after that time, with what it is; it is closed as soon
     *     as its call ends
     */
    void shutdown(Duration timeout);
}
