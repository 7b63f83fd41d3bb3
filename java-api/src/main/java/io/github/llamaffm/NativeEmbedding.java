package io.github.llamaffm;

import java.lang.foreign.MemorySegment;

/** An embedding of the batch that its context decoded last. */
final class NativeEmbedding extends OutputView implements Embedding {

    /** In a call of the context. */
    NativeEmbedding(NativeContext context, MemorySegment floats) {
        super("embedding", context, floats);
    }
}
