package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * {@link ModelOptions#requireGpu()} asks for more than there is: no GPU that can be used, or one that holds too few layers. The
 * message says why. No weight was read, but with {@link SplitMode#TENSOR}.
 */
public final class GpuRequiredException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    GpuRequiredException(String message) {
        super(message, List.of());
    }
}
