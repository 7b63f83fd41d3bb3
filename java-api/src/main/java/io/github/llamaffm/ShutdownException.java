package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** The process is ending, and no native call starts any more. */
public final class ShutdownException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    ShutdownException() {
        super("the process is ending: no native call starts any more", List.of());
    }
}
