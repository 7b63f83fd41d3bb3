package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * The native library cannot be used in this process. The message names every place that was tried, its reason and the next
 * thing to do.
 */
public final class NativeLoadException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    NativeLoadException(Throwable cause) {
        super(String.valueOf(cause.getMessage()), List.of(), cause);
    }

    NativeLoadException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
