package io.github.llamaffm.chat;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A chat cannot be written to a file, or a file is no saved chat: damaged, cut off, or something else. What there was is as before. */
public final class ChatFileException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    ChatFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
