package io.github.llamaffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Floats that a context computed, where llama.cpp left them: what logits and embeddings have in common. */
abstract sealed class NativeFloats permits NativeEmbedding, NativeLogits {

    private final NativeContext context;
    private final long computation;
    private final MemorySegment floats;

    /** @param computation that they came out of */
    NativeFloats(NativeContext context, long computation, MemorySegment floats) {
        this.context = context;
        this.computation = computation;
        this.floats = floats;
    }

    public final int size() {
        enter();
        context.exit();
        return count();
    }

    public final float get(int index) {
        enter();
        try {
            return at(Objects.checkIndex(index, count()));
        } finally {
            context.exit();
        }
    }

    public final float[] toArray() {
        enter();
        try {
            return copyInCall();
        } finally {
            context.exit();
        }
    }

    /** As {@link #toArray}, in the call of the context that computed them. */
    final float[] copyInCall() {
        return floats.toArray(ValueLayout.JAVA_FLOAT);
    }

    public final void copyTo(float[] out) {
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

    public final MemorySegment unsafeSegment() {
        enter();
        try {
            return context.whileOpen(floats).asReadOnly();
        } finally {
            context.exit();
        }
    }

    /** The index of the greatest; of equal ones the first. */
    final int indexOfGreatest() {
        enter();
        try {
            int best = 0;
            float most = at(0);
            for (int i = 1; i < count(); i++) {
                float value = at(i);
                if (value > most) {
                    most = value;
                    best = i;
                }
            }
            return best;
        } finally {
            context.exit();
        }
    }

    private float at(int index) {
        return floats.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private int count() {
        return (int) (floats.byteSize() / Float.BYTES);
    }

    /** Nobody else may decode, or close the context, while the floats are read. */
    private void enter() {
        context.enter();
        if (context.isPoisoned() || context.decoder().computation() != computation) {
            context.exit();
            throw new IllegalStateException(name() + " gone: the context has computed again since, or failed; copy what you"
                    + " need before, with toArray()");
        }
    }

    /** For a message, with its verb. */
    abstract String name();
}
