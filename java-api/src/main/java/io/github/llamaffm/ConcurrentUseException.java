package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * Two threads used an object that belongs to one thread at a time. The call that got this exception did nothing; the other
 * goes on.
 */
public final class ConcurrentUseException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    ConcurrentUseException(String message) {
        super(message, List.of());
    }
}
