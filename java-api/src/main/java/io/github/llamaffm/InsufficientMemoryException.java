package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * The KV cache of a context cannot fit this machine or this container. Nothing was allocated.
 */
public final class InsufficientMemoryException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    /** In bytes. */
    private final long needed;
    /** In bytes. */
    private final long available;

    InsufficientMemoryException(String message, long needed, long available) {
        super(message, List.of());
        this.needed = needed;
        this.available = available;
    }

    /** Bytes that the KV cache would take at least. */
    public long needed() {
        return needed;
    }

    /** Bytes that can still be allocated. */
    public long available() {
        return available;
    }
}
