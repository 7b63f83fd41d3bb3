package io.github.llamaffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Floats that a decode left in native memory, until the next one. */
abstract class OutputView {

    private final String name;
    private final NativeContext context;
    private final MemorySegment floats;
    private final int size;
    private final long epoch;

    /** In a call of the context. */
    OutputView(String name, NativeContext context, MemorySegment floats) {
        this.name = name;
        this.context = context;
        this.floats = floats;
        this.size = (int) (floats.byteSize() / Float.BYTES);
        this.epoch = context.decoder().epoch();
    }

    public final int size() {
        return size;
    }

    public final float get(int index) {
        Objects.checkIndex(index, size);
        context.enter();
        try {
            return current().getAtIndex(ValueLayout.JAVA_FLOAT, index);
        } finally {
            context.exit();
        }
    }

    public final float[] toArray() {
        float[] copy = new float[size];
        copyTo(copy);
        return copy;
    }

    public final void copyTo(float[] out) {
        Objects.checkFromIndexSize(0, size, out.length);
        context.enter();
        try {
            MemorySegment.copy(current(), ValueLayout.JAVA_FLOAT, 0, out, 0, size);
        } finally {
            context.exit();
        }
    }

    public final MemorySegment unsafeSegment() {
        context.enter();
        try {
            return current();
        } finally {
            context.exit();
        }
    }

    /** As {@link #toArray}, in a call of the context. */
    final float[] copyInCall() {
        return current().toArray(ValueLayout.JAVA_FLOAT);
    }

    private MemorySegment current() {
        if (context.decoder().epoch() != epoch) {
            throw new IllegalStateException(
                    "the context has decoded again since: copy the %s before, with toArray()".formatted(name));
        }
        return floats;
    }
}
