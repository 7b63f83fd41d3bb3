package io.github.llamaffm.internal.chat;

import java.io.Serial;

/** Native code says why it cannot do what chat asked for. */
public final class ChatCallException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /** With the reason. */
    public ChatCallException(String message) {
        super(message);
    }
}
