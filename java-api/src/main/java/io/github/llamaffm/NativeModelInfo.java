package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.Utf8;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads what the model says of itself when asked: each kind of call that is linked costs start-up time. */
final class NativeModelInfo implements ModelInfo {

    private static final int USUAL_BYTES = 256;

    private final NativeModel model;
    private final int vocabularySize;
    private volatile @Nullable ModelTraits traits;

    /** Asked for with each embedding. */
    private volatile int inputEmbeddingSize;

    NativeModelInfo(NativeModel model, int vocabularySize) {
        this.model = model;
        this.vocabularySize = vocabularySize;
    }

    @Override
    public String architecture() {
        return metadata("general.architecture").orElse("");
    }

    @Override
    public String description() {
        return text((pointer, out) -> LlamaFfm.lf_model_text(pointer, MemorySegment.NULL, out, out.byteSize())).orElse("");
    }

    @Override
    public long sizeInBytes() {
        return number(LlamaFfm::llama_model_size);
    }

    @Override
    public long parameterCount() {
        return number(LlamaFfm::llama_model_n_params);
    }

    @Override
    public int trainedContextSize() {
        int size = count(LlamaFfm::llama_model_n_ctx_train);
        // 32 bits without a sign there.
        return size < 0 ? Integer.MAX_VALUE : size;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int embeddingSize() {
        return count(LlamaFfm::llama_model_n_embd);
    }

    @Override
    public int inputEmbeddingSize() {
        if (inputEmbeddingSize == 0) {
            inputEmbeddingSize = count(LlamaFfm::llama_model_n_embd_inp);
        }
        return inputEmbeddingSize;
    }

    @Override
    public OptionalInt decoderStartToken() {
        if (!hasEncoder() || !hasDecoder()) {
            return OptionalInt.empty();
        }
        int token = count(LlamaFfm::llama_model_decoder_start_token);
        return token < 0 ? model.tokenizer().bos() : OptionalInt.of(token);
    }

    /** Positions that llama.cpp reads of each embedding. */
    int positionsPerEmbedding() {
        int type = count(LlamaFfm::llama_model_rope_type);
        return type == LlamaFfm.LLAMA_ROPE_TYPE_MROPE() || type == LlamaFfm.LLAMA_ROPE_TYPE_IMROPE() ? 4 : 1;
    }

    @Override
    public int layerCount() {
        return count(LlamaFfm::llama_model_n_layer);
    }

    @Override
    public int outputEmbeddingSize() {
        return count(LlamaFfm::llama_model_n_embd_out);
    }

    @Override
    public List<String> classLabels() {
        int outputs = traits().rankOutputs();
        String[] labels = new String[outputs];
        for (int i = 0; i < outputs; i++) {
            labels[i] = classLabel(i);
        }
        return List.of(labels);
    }

    private String classLabel(int index) {
        model.enter();
        try {
            MemorySegment label = LlamaFfm.llama_model_cls_label(model.pointer(), index);
            return label.address() == 0 ? "" : NativeStrings.read(label);
        } finally {
            model.exit();
        }
    }

    /** Read once. */
    ModelTraits traits() {
        ModelTraits known = traits;
        if (known == null) {
            model.enter();
            try {
                known = ModelTraits.read(model.pointer());
            } finally {
                model.exit();
            }
            traits = known;
        }
        return known;
    }

    /** @throws RankingException if llama.cpp would take the first floats of an embedding for scores */
    void requireRankHead() {
        traits().requireRankHead();
    }

    @Override
    public MemoryKind memoryKind() {
        return KvCache.kind(count(LlamaFfm::lf_model_memory_kind));
    }

    @Override
    public OptionalInt slidingWindow() {
        int tokens = windowSize();
        return tokens > 0 && memoryKind() != MemoryKind.ATTENTION ? OptionalInt.of(tokens) : OptionalInt.empty();
    }

    /** Tokens of the sliding window; 0: attention sees everything. */
    int windowSize() {
        return count(LlamaFfm::llama_model_n_swa);
    }

    @Override
    public boolean hasEncoder() {
        return count(pointer -> LlamaFfm.llama_model_has_encoder(pointer) ? 1 : 0) == 1;
    }

    @Override
    public boolean hasDecoder() {
        return count(pointer -> LlamaFfm.llama_model_has_decoder(pointer) ? 1 : 0) == 1;
    }

    /** Whether it makes a text as a whole, from a draft of it: it keeps nothing between two batches, and has logits. */
    boolean isDiffusion() {
        return count(pointer -> LlamaFfm.llama_model_is_diffusion(pointer) ? 1 : 0) == 1;
    }

    /** Whether some layers keep a state instead of a row per token. */
    boolean isRecurrent() {
        return count(pointer ->
                LlamaFfm.llama_model_is_recurrent(pointer) || LlamaFfm.llama_model_is_hybrid(pointer) ? 1 : 0) == 1;
    }

    @Override
    public Optional<String> metadata(String key) {
        if (key.indexOf(0) >= 0) {
            // Native code would read another key, up to there.
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(key);
            return text((pointer, out) ->
                    LlamaFfm.lf_model_text(pointer, name, out, out.byteSize()));
        }
    }

    @Override
    public Map<String, String> metadata() {
        Map<String, String> all = new LinkedHashMap<>();
        int entries = count(LlamaFfm::llama_model_meta_count);
        for (int i = 0; i < entries; i++) {
            int index = i;
            Optional<String> key = text((pointer, out) ->
                    LlamaFfm.llama_model_meta_key_by_index(pointer, index, out, out.byteSize()));
            Optional<String> value = text((pointer, out) ->
                    LlamaFfm.llama_model_meta_val_str_by_index(pointer, index, out, out.byteSize()));
            all.put(key.orElse(""), value.orElse(""));
        }
        return Collections.unmodifiableMap(all);
    }

    private int count(ToIntFunction<MemorySegment> getter) {
        model.enter();
        try {
            return getter.applyAsInt(model.pointer());
        } finally {
            model.exit();
        }
    }

    private long number(ToLongFunction<MemorySegment> getter) {
        model.enter();
        try {
            return getter.applyAsLong(model.pointer());
        } finally {
            model.exit();
        }
    }

    private interface TextGetter {
        /** Writes a C string as {@code snprintf} does and returns its whole length, or a negative number. */
        int read(MemorySegment model, MemorySegment out);
    }

    private Optional<String> text(TextGetter getter) {
        model.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(USUAL_BYTES);
            int length = getter.read(model.pointer(), out);
            if (length >= USUAL_BYTES) {
                out = arena.allocate(length + 1L);
                length = getter.read(model.pointer(), out);
            }
            if (length <= LlamaFfm.LF_ERROR_EXCEPTION()) {
                throw failure();
            }
            return length < 0 ? Optional.empty() : Optional.of(Utf8.decode(out, length));
        } finally {
            model.exit();
        }
    }

    private static LlamaException failure() {
        NativeError error = NativeError.last();
        return error.isShutdown()
                ? new ShutdownException()
                : new ModelLoadException("cannot read what the model says of itself: " + error.summary(), error.log(), null);
    }
}
