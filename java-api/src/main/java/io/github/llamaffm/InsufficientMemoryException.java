package io.github.llamaffm;

import java.io.Serial;
import java.util.List;
import java.util.OptionalInt;

/**
 * A context, or the weights of a model, cannot fit this machine, this container or the caps of {@link ModelOptions}. Nothing was
 * allocated.
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

    /**
     * For a context that does not fit.
     *
     * @param part where most bytes are missing
     * @param largest context that fits; empty: none does
     */
    static InsufficientMemoryException of(int contextSize, MemoryPlan.Part part, OptionalInt largest) {
        String next = largest.isPresent()
                ? "lower contextSize to at most %d, or store the cache as a smaller KvType".formatted(largest.getAsInt())
                : "not even the smallest context fits: free memory, raise the limit, or take a smaller model";
        return new InsufficientMemoryException(
                "a context of %d tokens needs %s on %s (weights %s, cache %s, compute %s), %s are available; %s".formatted(
                        contextSize, mib(part.total()), part.device().map(Device::name).orElse("the host"), mib(part.weights()),
                        mib(part.kvCache()), mib(part.compute()), mib(part.available()), next),
                part.total(), part.available());
    }

    /**
     * For weights that are read into memory and do not fit.
     *
     * @param heap bytes that are kept for the Java heap
     */
    static InsufficientMemoryException ofWeights(String model, long needed, long available, long heap) {
        return new InsufficientMemoryException(
                ("the weights of %s need %s on the host, %s are available beside %s by which the Java heap may grow (-Xmx); free memory,"
                        + " raise the limit, or take a smaller model").formatted(model, mib(needed), mib(available), mib(heap)),
                needed, available);
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /** Bytes that the model, or the model and the context, would take on the device that lacks most. */
    public long needed() {
        return needed;
    }

    /** Bytes that they may take there. */
    public long available() {
        return available;
    }
}
