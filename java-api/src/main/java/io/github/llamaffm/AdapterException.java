package io.github.llamaffm;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An adapter that cannot be read or does not fit its model, or cells that were computed with other adapters. */
public final class AdapterException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    AdapterException(String message, List<String> nativeLog, @Nullable Throwable cause) {
        super(message, nativeLog, cause);
    }

    AdapterException(String message) {
        this(message, List.of(), null);
    }
}
