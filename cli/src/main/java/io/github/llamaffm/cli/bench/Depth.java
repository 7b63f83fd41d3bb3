package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import java.util.Optional;

/** Tokens that are there before a test. They are computed once and then restored, also for the next test of the same depth. */
final class Depth {

    private record Kept(int tokens, byte[] state) {}

    private Optional<Kept> kept = Optional.empty();

    /** Leaves a sequence with so many tokens, and nothing else. */
    void fill(Sequence sequence, int tokens, Runnable compute) {
        sequence.clear();
        if (tokens > 0 && !restore(sequence, tokens)) {
            compute.run();
            keep(sequence, tokens);
        }
    }

    private boolean restore(Sequence sequence, int tokens) {
        Optional<byte[]> state = kept.filter(one -> one.tokens() == tokens).map(Kept::state);
        try {
            state.ifPresent(sequence::restore);
            return state.isPresent();
        } catch (StateException e) {
            // Of another model, or of another type of cache.
            kept = Optional.empty();
            sequence.clear();
            return false;
        }
    }

    /** What the heap has no room for is computed each time. */
    private void keep(Sequence sequence, int tokens) {
        kept = Optional.empty();
        if (sequence.context().kvCache().bytes() <= Runtime.getRuntime().maxMemory() / 2) {
            try {
                kept = Optional.of(new Kept(tokens, sequence.save()));
            } catch (StateException e) {
                // Computed each time.
                kept = Optional.empty();
            }
        }
    }
}
