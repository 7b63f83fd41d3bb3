package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_lora_request;
import io.github.llamaffm.internal.Fingerprint;
import io.github.llamaffm.internal.NativeLog;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A LoRA in native memory. Contexts hold it while it is theirs, or while they computed with it last. */
final class NativeLoraAdapter extends NativeResource implements LoraAdapter {

    private static final int TEXT_BYTES = 1 << 16;

    private final NativeModel model;
    private final long fingerprint;
    private final Map<String, String> metadata;
    private final int[] invocationTokens;

    /** Contexts that computed with this last. */
    private final Set<ContextAdapters> inForce = ConcurrentHashMap.newKeySet();

    private NativeLoraAdapter(NativeModel model, Supplier<MemorySegment> load, long fingerprint) {
        super("LoRA adapter", model, false, load, LlamaFfm::lf_lora_free);
        this.model = model;
        this.fingerprint = fingerprint;
        boolean made = false;
        try {
            this.metadata = readMetadata();
            this.invocationTokens = readInvocationTokens();
            made();
            made = true;
        } finally {
            if (!made) {
                abandon();
            }
        }
    }

    /** In a call of the model. */
    static NativeLoraAdapter load(NativeModel model, Path path) {
        LoraFile.requireFits(path, model);
        try (Arena arena = Arena.ofConfined()) {
            long fingerprint = Fingerprint.of(path);
            MemorySegment request = lf_lora_request.allocate(arena);
            lf_lora_request.model(request, model.pointer());
            lf_lora_request.path(request, arena.allocateFrom(path.toAbsolutePath().toString()));
            return new NativeLoraAdapter(model, () -> loaded(request, path), fingerprint);
        } catch (IOException e) {
            throw new AdapterException(path + " cannot be read: " + e, List.of(), e);
        } finally {
            NativeLog.drain();
        }
    }

    private static MemorySegment loaded(MemorySegment request, Path path) {
        MemorySegment raw = LlamaFfm.lf_lora_load(request);
        if (raw.address() == 0) {
            NativeError error = NativeError.last();
            throw error.isShutdown()
                    ? new ShutdownException()
                    : new AdapterException("cannot load %s: %s".formatted(path, error.summary()), error.log(), null);
        }
        return raw;
    }

    @Override
    public NativeModel model() {
        return model;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public int[] invocationTokens() {
        return invocationTokens.clone();
    }

    @Override
    public long fingerprint() {
        return fingerprint;
    }

    /** A context computes with this from now on, or not any more. */
    void inForce(ContextAdapters context, boolean value) {
        if (value) {
            inForce.add(context);
        } else {
            inForce.remove(context);
        }
    }

    /** A context may still be set to what an earlier request asked for. */
    @Override
    void beforeClose() {
        inForce.forEach(ContextAdapters::backToOwn);
    }

    private Map<String, String> readMetadata() {
        Map<String, String> all = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            int count = LlamaFfm.llama_adapter_meta_count(pointer());
            for (int i = 0; i < count; i++) {
                LlamaFfm.llama_adapter_meta_key_by_index(pointer(), i, text, TEXT_BYTES);
                String key = NativeStrings.read(text);
                LlamaFfm.llama_adapter_meta_val_str_by_index(pointer(), i, text, TEXT_BYTES);
                all.put(key, NativeStrings.read(text));
            }
        }
        return Collections.unmodifiableMap(all);
    }

    private int[] readInvocationTokens() {
        long count = LlamaFfm.llama_adapter_get_alora_n_invocation_tokens(pointer());
        return count == 0
                ? new int[0]
                : Pointers.view(LlamaFfm.llama_adapter_get_alora_invocation_tokens(pointer()), count * Integer.BYTES)
                        .toArray(ValueLayout.JAVA_INT);
    }
}
