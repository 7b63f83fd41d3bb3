package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Leaves a context unusable, for tests of who uses it. */
public final class Poison {

    private Poison() {}

    /** With an abort in the middle of a decode; takes a sequence that is not leased yet. */
    public static void poison(Context victim) {
        assertThatExceptionOfType(DecodeException.class).isThrownBy(decode((NativeContext) victim)::run);
        assertThat(victim.isPoisoned()).isTrue();
    }

    /** The decode that aborts, with all that it needs. */
    static Runnable decode(NativeContext context) {
        NativeSequence sequence = (NativeSequence) context.newSequence();
        // No batch of the public API has more rows than llama.cpp takes: it aborts.
        NativeBatch batch = new NativeBatch(context, context.batchSize() + 1, 1);
        for (int i = 0; i < batch.capacity(); i++) {
            batch.add(sequence, 1, false);
        }
        return () -> context.decode(batch);
    }
}
