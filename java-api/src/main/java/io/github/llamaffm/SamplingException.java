package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** No chain of samplers could be made, or no token could be chosen. The message says why. */
public final class SamplingException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    SamplingException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
