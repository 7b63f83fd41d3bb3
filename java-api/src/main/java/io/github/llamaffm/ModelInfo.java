package io.github.llamaffm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a model file says about its model. Any thread; read from the model when asked for, so not after it is closed. */
public interface ModelInfo {

    /** Such as {@code llama}; empty where the file does not say. Metadata {@code general.architecture}. */
    String architecture();

    /** Architecture, size and quantisation, for people. Calls {@code llama_model_desc}. */
    String description();

    /** All tensors together, in bytes. Calls {@code llama_model_size}. */
    long sizeInBytes();

    /** Calls {@code llama_model_n_params}. */
    long parameterCount();

    /** The context length that the model was trained with, in tokens. Calls {@code llama_model_n_ctx_train}. */
    int trainedContextSize();

    /** Tokens in the vocabulary. Calls {@code llama_vocab_n_tokens}. */
    int vocabularySize();

    /** Calls {@code llama_model_n_embd}. */
    int embeddingSize();

    /** Floats of one embedding that comes out of the model. Calls {@code llama_model_n_embd_out}. */
    int outputEmbeddingSize();

    /**
     * The outputs of the rank head, in order; one without a name is an empty text. Empty: there is no rank head. Calls
     * {@code llama_model_cls_label}.
     */
    List<String> classLabels();

    /** Floats of one embedding that is given as input, in the place of a token. Calls {@code llama_model_n_embd_inp}. */
    int inputEmbeddingSize();

    /**
     * The token that the decoder of an encoder-decoder model starts with; empty for other models. Calls {@code
     * llama_model_decoder_start_token}; where the model has none, it is {@link Tokenizer#bos()}, as in llama.cpp's tools.
     */
    OptionalInt decoderStartToken();

    /** Calls {@code llama_model_n_layer}. */
    int layerCount();

    /** Whether text goes through an encoder first, as in T5. Calls {@code llama_model_has_encoder}. */
    boolean hasEncoder();

    /** Whether the model generates. Calls {@code llama_model_has_decoder}. */
    boolean hasDecoder();

    /** What a context of this model keeps of its tokens, from the architecture. */
    MemoryKind memoryKind();

    /**
     * How many of the last tokens the layers with a sliding window see; empty where every layer sees all. Calls {@code
     * llama_model_n_swa}.
     */
    OptionalInt slidingWindow();

    /** One value of the metadata; arrays as llama.cpp prints them. Calls {@code llama_model_meta_val_str}. */
    Optional<String> metadata(String key);

    /** All metadata that llama.cpp keeps as text. Calls {@code llama_model_meta_key_by_index} and its sister. */
    Map<String, String> metadata();
}
