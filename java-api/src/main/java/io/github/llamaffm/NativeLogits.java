package io.github.llamaffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A row of the logits of one computation.
 *
 * @param computation that it came out of
 */
record NativeLogits(NativeContext context, long computation, MemorySegment row) implements Logits {

    @Override
    public int size() {
        enter();
        context.exit();
        return count();
    }

    @Override
    public float get(int token) {
        enter();
        try {
            return row.getAtIndex(ValueLayout.JAVA_FLOAT, Objects.checkIndex(token, count()));
        } finally {
            context.exit();
        }
    }

    @Override
    public float[] toArray() {
        enter();
        try {
            return row.toArray(ValueLayout.JAVA_FLOAT);
        } finally {
            context.exit();
        }
    }

    @Override
    public void copyTo(float[] out) {
        enter();
        try {
            if (out.length < count()) {
                throw new IllegalArgumentException("%d logits do not fit into %d elements".formatted(count(), out.length));
            }
            MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, out, 0, count());
        } finally {
            context.exit();
        }
    }

    @Override
    public int argMax() {
        enter();
        try {
            int best = 0;
            float most = row.getAtIndex(ValueLayout.JAVA_FLOAT, 0);
            for (int token = 1; token < count(); token++) {
                float logit = row.getAtIndex(ValueLayout.JAVA_FLOAT, token);
                if (logit > most) {
                    most = logit;
                    best = token;
                }
            }
            return best;
        } finally {
            context.exit();
        }
    }

    @Override
    public MemorySegment unsafeSegment() {
        enter();
        context.exit();
        return row.asReadOnly();
    }

    private int count() {
        return (int) (row.byteSize() / Float.BYTES);
    }

    /** Nobody else may decode, or close the context, while the row is read. */
    private void enter() {
        context.enter();
        if (context.isPoisoned() || context.decoder().computation() != computation) {
            context.exit();
            throw new IllegalStateException("these logits are gone: the context has computed again since, or failed");
        }
    }
}
