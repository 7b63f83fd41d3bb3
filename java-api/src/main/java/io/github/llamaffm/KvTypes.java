package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.util.Optional;

/** {@link KvType} in the terms of ggml. */
final class KvTypes {

    private KvTypes() {}

    /** {@code enum ggml_type}. */
    static int ggmlType(KvType type) {
        return switch (type) {
            case F32 -> LlamaFfm.GGML_TYPE_F32();
            case F16 -> LlamaFfm.GGML_TYPE_F16();
            case BF16 -> LlamaFfm.GGML_TYPE_BF16();
            case Q8_0 -> LlamaFfm.GGML_TYPE_Q8_0();
            case Q5_1 -> LlamaFfm.GGML_TYPE_Q5_1();
            case Q5_0 -> LlamaFfm.GGML_TYPE_Q5_0();
            case Q4_1 -> LlamaFfm.GGML_TYPE_Q4_1();
            case Q4_0 -> LlamaFfm.GGML_TYPE_Q4_0();
            case IQ4_NL -> LlamaFfm.GGML_TYPE_IQ4_NL();
        };
    }

    static Optional<KvType> of(int ggmlType) {
        for (KvType type : KvType.values()) {
            if (ggmlType(type) == ggmlType) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static boolean isQuantised(KvType type) {
        return switch (type) {
            case F32, F16, BF16 -> false;
            case Q8_0, Q5_1, Q5_0, Q4_1, Q4_0, IQ4_NL -> true;
        };
    }
}
