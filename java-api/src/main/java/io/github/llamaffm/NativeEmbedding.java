package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/** An embedding of one computation. */
final class NativeEmbedding extends NativeFloats implements Embedding {

    NativeEmbedding(NativeContext context, long computation, MemorySegment floats) {
        super(context, computation, floats);
    }

    @Override
    String name() {
        return "this embedding is";
    }
}
