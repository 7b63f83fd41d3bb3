package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * A call was cancelled that has no {@link FinishReason} to say it with, such as the loading of a model. Nothing was changed.
 */
public final class CancelledException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    CancelledException(String message) {
        super(message, List.of());
    }
}
