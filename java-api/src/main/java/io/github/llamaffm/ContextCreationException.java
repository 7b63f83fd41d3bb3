package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * llama.cpp refused to create a context or what belongs to it.
 */
public final class ContextCreationException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    ContextCreationException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
