package io.github.llamaffm;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state that cannot be saved, or a saved one that is foreign, truncated or changed; the message says which part. What was to
 * be restored into is as it was before.
 */
public final class StateException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    StateException(String message, List<String> nativeLog, @Nullable Throwable cause) {
        super(message, nativeLog, cause);
    }

    StateException(String message) {
        this(message, List.of(), null);
    }
}
