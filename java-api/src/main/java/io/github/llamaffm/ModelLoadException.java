package io.github.llamaffm;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model cannot be loaded: its file is missing, empty, truncated, damaged, not a GGUF, or of a kind that llama.cpp does not know.
 */
public final class ModelLoadException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    ModelLoadException(String message, List<String> nativeLog, @Nullable Throwable cause) {
        super(message, nativeLog, cause);
    }
}
