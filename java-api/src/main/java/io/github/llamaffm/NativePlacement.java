package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_placement;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/** Reads where the weights of a model lie. */
final class NativePlacement {

    /** More than a machine has devices. */
    private static final int CAPACITY = 64;

    private NativePlacement() {}

    static List<Placement> of(MemorySegment model) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structs = lf_placement.allocateArray(CAPACITY, arena);
            long count = NativeRuntime.requireCount(LlamaFfm.lf_model_placement(model, structs, CAPACITY), "read the placement");
            return LongStream.range(0, Math.min(count, CAPACITY))
                    .mapToObj(index -> placement(lf_placement.asSlice(structs, index)))
                    .toList();
        }
    }

    private static Placement placement(MemorySegment struct) {
        return new Placement(
                NativeRuntime.device(lf_placement.device(struct)), lf_placement.layers(struct), lf_placement.bytes(struct));
    }
}
