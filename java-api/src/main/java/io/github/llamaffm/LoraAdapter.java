package io.github.llamaffm;

import java.util.Map;

/**
 * A LoRA adapter of a model: differences to some of its weights. Any thread; any number of contexts. Made by {@link
 * Model#loadAdapter}, used through {@link Adapters}.
 */
public interface LoraAdapter extends AutoCloseable {

    /** The model that it was loaded for. */
    Model model();

    /** What the file says of itself, without arrays, sorted by key. Calls {@code llama_adapter_meta_key_by_index}. */
    Map<String, String> metadata();

    /**
     * The tokens that switch an activated LoRA (aLoRA) on; empty for any other. Nothing looks for them: llama.cpp's server uses
     * such an adapter from the last place on where they occur. Calls {@code llama_adapter_get_alora_invocation_tokens}.
     */
    int[] invocationTokens();

    /** Equal for files of equal content, in every process; never 0. */
    long fingerprint();

    /** Whether {@link #close()} was called. */
    boolean isClosed();

    /**
     * Frees the adapter. A second call does nothing. Calls {@code llama_adapter_lora_free}.
     *
     * @throws IllegalStateException while a context or a generation uses it
     */
    @Override
    void close();
}
