package io.github.llamaffm.internal.state;

import java.io.IOException;
import java.io.Serial;

/** Bytes that are not a whole state; the message follows a name of them. */
public final class BadStateException extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    BadStateException(String message) {
        super(message);
    }
}
