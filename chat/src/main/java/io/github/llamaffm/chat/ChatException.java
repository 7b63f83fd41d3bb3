package io.github.llamaffm.chat;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong in a chat that is not a wrong argument ({@link IllegalArgumentException}) and not a use after close
 * ({@link IllegalStateException}). What the layers below throw comes through as it is.
 */
public abstract sealed class ChatException extends RuntimeException
        permits BusyException,
                ChatFileException,
                ContextFullException,
                IncompleteAnswerException,
                SchemaException,
                TemplateException,
                ToolException {

    @Serial
    private static final long serialVersionUID = 1;

    ChatException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
