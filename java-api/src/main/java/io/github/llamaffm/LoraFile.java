package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_tensor_request;
import io.github.llamaffm.internal.Gguf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a LoRA file fits a model. llama.cpp reads numbers as if they were texts and aborts, does not compare the ranks of
 * all tensors nor the number of experts, and names no numbers.
 */
final class LoraFile {

    private static final String A = ".lora_a";
    private static final String B = ".lora_b";

    /** Integers and doubles, with which nothing is multiplied: {@code GGML_TYPE_I8} to {@code GGML_TYPE_F64}. */
    private static final Set<Integer> NO_WEIGHTS = Set.of(24, 25, 26, 27, 28);

    private final Path path;
    private final NativeModel model;

    private LoraFile(Path path, NativeModel model) {
        this.path = path;
        this.model = model;
    }

    /**
     * In a call of the model.
     *
     * @throws AdapterException if it does not
     */
    static void requireFits(Path path, NativeModel model) {
        LoraFile file = new LoraFile(path, model);
        try {
            file.check(Gguf.read(path));
        } catch (Gguf.BadFileException e) {
            throw file.failure(e.getMessage(), e);
        } catch (IOException e) {
            throw file.failure("cannot be read: " + e, e);
        }
    }

    private void check(Gguf gguf) {
        requireText(gguf, "general.type", "adapter", "it is no adapter");
        requireText(gguf, "adapter.type", "lora", "only LoRA adapters can be used");
        requireText(gguf, "general.architecture", model.info().architecture(), "it was made for another model");
        if (!(gguf.metadata().getOrDefault("adapter.lora.alpha", 0f) instanceof Float)) {
            throw failure("has an adapter.lora.alpha that is no 32-bit floating point number", null);
        }
        Map<String, Gguf.Tensor> tensors = new HashMap<>();
        gguf.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        for (Gguf.Tensor tensor : gguf.tensors()) {
            String name = tensor.name();
            if (name.endsWith(A)) {
                String base = name.substring(0, name.length() - A.length());
                checkPair(base, tensor, partner(tensors, base + B, name));
            } else if (name.endsWith(B)) {
                partner(tensors, name.substring(0, name.length() - B.length()) + A, name);
            } else if (!name.endsWith("_norm.weight")) {
                throw failure("has a tensor %s, whose name ends in neither %s nor %s".formatted(name, A, B), null);
            }
        }
        if (tensors.isEmpty()) {
            throw failure("has no tensors", null);
        }
    }

    private void requireText(Gguf gguf, String key, String expected, String otherwise) {
        String actual = gguf.text(key).orElse("");
        if (!actual.equals(expected)) {
            throw failure("has %s '%s' instead of '%s': %s".formatted(key, actual, expected, otherwise), null);
        }
    }

    private Gguf.Tensor partner(Map<String, Gguf.Tensor> tensors, String name, String of) {
        Gguf.Tensor partner = tensors.get(name);
        if (partner == null) {
            throw failure("has %s without %s".formatted(of, name), null);
        }
        return partner;
    }

    private void checkPair(String base, Gguf.Tensor a, Gguf.Tensor b) {
        List<Long> weight = modelTensor(base);
        boolean embedding = base.endsWith("token_embd.weight");
        List<Long> expectedA = embedding
                ? List.of(b.shape().get(0), weight.get(1), 1L, 1L)
                : List.of(weight.get(0), b.shape().get(0), weight.get(2), weight.get(3));
        List<Long> expectedB = embedding
                ? List.of(b.shape().get(0), weight.get(0), 1L, 1L)
                : List.of(b.shape().get(0), weight.get(1), weight.get(2), weight.get(3));
        if (!a.shape().equals(expectedA) || !b.shape().equals(expectedB)) {
            throw failure("does not fit %s of shape %s: with rank %d it needs %s and %s, it has %s and %s".formatted(
                    base, weight, b.shape().get(0), expectedA, expectedB, a.shape(), b.shape()), null);
        }
        for (Gguf.Tensor tensor : List.of(a, b)) {
            if (NO_WEIGHTS.contains(tensor.type())) {
                throw failure("has a tensor %s of type %d, which cannot be multiplied with"
                        .formatted(tensor.name(), tensor.type()), null);
            }
        }
    }

    private List<Long> modelTensor(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_tensor_request.allocate(arena);
            lf_tensor_request.model(request, model.pointer());
            lf_tensor_request.name(request, arena.allocateFrom(name));
            if (LlamaFfm.lf_model_tensor(request) != 1) {
                throw failure("changes a tensor %s that the model does not have".formatted(name), null);
            }
            MemorySegment shape = lf_tensor_request.shape(request);
            return IntStream.range(0, 4).mapToObj(i -> shape.getAtIndex(ValueLayout.JAVA_LONG, i)).toList();
        }
    }

    private AdapterException failure(String problem, @Nullable Throwable cause) {
        return new AdapterException(path + " " + problem, List.of(), cause);
    }
}
