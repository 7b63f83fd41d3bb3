package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** No token could be chosen. */
public final class SamplingException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    SamplingException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
