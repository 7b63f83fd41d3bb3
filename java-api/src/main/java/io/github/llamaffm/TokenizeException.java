package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** A text cannot be turned into tokens, or tokens into text. */
public final class TokenizeException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    TokenizeException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }
}
