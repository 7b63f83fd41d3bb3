package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * The KV cache has no room for these tokens. The sequence is as it was before the call.
 */
public final class NoKvSpaceException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Number of tokens. */
    private final int tokens;
    /** Number of cells. */
    private final int free;
    /** Number of cells. */
    private final int size;

    NoKvSpaceException(int tokens, int free, int size, List<String> nativeLog) {
        super("%d tokens do not fit, %d of %d cells free; shorten the prompt, clear other sequences or raise contextSize"
                .formatted(tokens, free, size), nativeLog);
        this.tokens = tokens;
        this.free = free;
        this.size = size;
    }

    /** Tokens that were to be decoded. */
    public int tokens() {
        return tokens;
    }

    /** Cells that hold nothing. */
    public int free() {
        return free;
    }

    /** Cells of the context. */
    public int size() {
        return size;
    }
}
