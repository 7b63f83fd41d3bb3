package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * llama.cpp could not compute a batch. The sequences in it are back at their length before the call; one that could not go back is
 * cleared, and the message says so.
 */
public final class DecodeException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** The status code. */
    private final int code;

    DecodeException(String message, int code, List<String> nativeLog) {
        super(message, nativeLog);
        this.code = code;
    }

    /** What {@code llama_decode} returned, or a status of the native layer below -999. */
    public int code() {
        return code;
    }
}
