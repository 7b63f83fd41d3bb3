package io.github.llamaffm;

import java.util.Optional;

/**
 * What became of one text. Either {@code embedding} or {@code failure} is there.
 *
 * @param index of the text, from 0
 * @param embedding its vector, normalised; the caller's own
 * @param tokens that were computed; 0 where it failed
 * @param truncated whether tokens were left out
 * @param failure {@link TextTooLongException}, or {@link TokenizeException} where the text has no tokens or cannot be encoded
 */
public record EmbeddingResult(
        int index, Optional<float[]> embedding, int tokens, boolean truncated, Optional<LlamaException> failure) {

    /** The vector, or throws the failure. */
    public float[] orThrow() {
        return embedding.orElseThrow(failure::orElseThrow);
    }
}
