package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.ggml_backend_feature;
import io.github.llamaffm.bindings.generated.ggml_backend_get_features_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What the CPU module that runs was compiled for. */
final class CpuFeatures {

    private CpuFeatures() {}

    private static final class Holder {

        private static final List<String> FEATURES = read();
    }

    /** Such as {@code AVX2}, {@code FMA}. Read when first asked for: programs that only compute have no use for it. */
    static List<String> ofThisProcess() {
        return Holder.FEATURES;
    }

    private static List<String> read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment backend = LlamaFfm.ggml_backend_reg_by_name(arena.allocateFrom("CPU"));
            MemorySegment function = backend.address() == 0 ? MemorySegment.NULL
                    : LlamaFfm.ggml_backend_reg_get_proc_address(backend, arena.allocateFrom("ggml_backend_get_features"));
            if (function.address() == 0) {
                return List.of();
            }
            List<String> features = new ArrayList<>();
            MemorySegment list = ggml_backend_get_features_t.invoke(function, backend);
            for (long i = 0; name(list, i).address() != 0; i++) {
                String value = ggml_backend_feature.value(at(list, i)).getString(0);
                features.add(name(list, i).getString(0) + (value.equals("1") ? "" : "=" + value));
            }
            return List.copyOf(features);
        }
    }

    private static MemorySegment name(MemorySegment list, long index) {
        return ggml_backend_feature.name(at(list, index));
    }

    private static MemorySegment at(MemorySegment list, long index) {
        return list.asSlice(index * ggml_backend_feature.sizeof(), ggml_backend_feature.sizeof());
    }
}
