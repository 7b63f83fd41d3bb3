package io.github.llamaffm.chat;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A chat template that does not parse, does not render these messages, or cannot read an answer. */
public final class TemplateException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String text;

    TemplateException(String message, @Nullable Throwable cause) {
        this(message, "", cause);
    }

    TemplateException(String message, String text, @Nullable Throwable cause) {
        super(message, cause);
        this.text = text;
    }

    /** The answer that cannot be read, as the model wrote it; else empty. */
    public String text() {
        return text;
    }
}
