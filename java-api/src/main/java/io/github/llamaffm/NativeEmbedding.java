package io.github.llamaffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * An embedding of one computation.
 *
 * @param computation that it came out of
 */
record NativeEmbedding(NativeContext context, long computation, MemorySegment floats) implements Embedding {

    @Override
    public int size() {
        enter();
        context.exit();
        return count();
    }

    @Override
    public float get(int index) {
        enter();
        try {
            return floats.getAtIndex(ValueLayout.JAVA_FLOAT, Objects.checkIndex(index, count()));
        } finally {
            context.exit();
        }
    }

    @Override
    public float[] toArray() {
        enter();
        try {
            return copyInCall();
        } finally {
            context.exit();
        }
    }

    /** As {@link #toArray}, in the call of the context that computed it. */
    float[] copyInCall() {
        return floats.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void copyTo(float[] out) {
        enter();
        try {
            if (out.length < count()) {
                throw new IllegalArgumentException("%d floats do not fit into %d elements".formatted(count(), out.length));
            }
            MemorySegment.copy(floats, ValueLayout.JAVA_FLOAT, 0, out, 0, count());
        } finally {
            context.exit();
        }
    }

    @Override
    public MemorySegment unsafeSegment() {
        enter();
        context.exit();
        return floats.asReadOnly();
    }

    private int count() {
        return (int) (floats.byteSize() / Float.BYTES);
    }

    /** Nobody else may decode, or close the context, while the floats are read. */
    private void enter() {
        context.enter();
        if (context.isPoisoned() || context.decoder().computation() != computation) {
            context.exit();
            throw new IllegalStateException(
                    "this embedding is gone: the context has computed again since, or failed; copy it before, with toArray()");
        }
    }
}
