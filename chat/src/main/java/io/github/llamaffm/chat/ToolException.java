package io.github.llamaffm.chat;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A tool ended the call: its handler failed where {@link OnToolError#FAIL} holds, its handler threw an {@link Error}, or the model asked for
 * tools too often.
 */
public final class ToolException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    ToolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
