package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * The memory of this model cannot do what was asked. Nothing was changed. {@link Sequence#canRemove(int, int)} and its
 * sisters tell beforehand.
 */
public final class UnsupportedMemoryException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Of the context. */
    private final MemoryKind kind;

    UnsupportedMemoryException(String message, MemoryKind kind) {
        super(message, List.of());
        this.kind = kind;
    }

    /** The kind of memory that cannot. */
    public MemoryKind kind() {
        return kind;
    }
}
