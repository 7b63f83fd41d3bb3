package io.github.llamaffm.internal.state;

/**
 * One sequence of a state.
 *
 * @param id in the context that it was saved from
 * @param tokens of the history
 * @param positions of the tokens, as many
 * @param decoded how many of the tokens are in the cache, from the first one on
 * @param adapters fingerprint of the adapters that the cells were computed with; 0: none
 */
public record SavedSequence(int id, int[] tokens, int[] positions, int decoded, long adapters) {

    /** Bytes of the numbers besides tokens and positions. */
    static final int FIXED_BYTES = 3 * Integer.BYTES + Long.BYTES;

    /** Checks that the numbers fit each other. */
    public SavedSequence {
        if (positions.length != tokens.length || decoded < 0 || decoded > tokens.length) {
            throw new IllegalArgumentException("%d tokens, %d positions, %d decoded"
                    .formatted(tokens.length, positions.length, decoded));
        }
    }

    int byteSize() {
        return Math.addExact(FIXED_BYTES, Math.multiplyExact(2 * Integer.BYTES, tokens.length));
    }
}
