package io.github.llamaffm.chat;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A chat template that does not parse, does not render these messages, or cannot read an answer. */
public final class TemplateException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    TemplateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
