package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/** A row of the logits of one computation. */
final class NativeLogits extends NativeFloats implements Logits {

    NativeLogits(NativeContext context, long computation, MemorySegment row) {
        super(context, computation, row);
    }

    @Override
    public int argMax() {
        return indexOfGreatest();
    }

    @Override
    String name() {
        return "these logits are";
    }
}
