package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * An abort or a foreign exception ended an earlier call in the middle of this context's work, so that nobody knows what
 * state it is in. Close it and make another one; the model and its other contexts are not affected.
 */
public final class PoisonedContextException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    PoisonedContextException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
