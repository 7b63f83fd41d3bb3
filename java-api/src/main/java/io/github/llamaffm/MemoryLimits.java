package io.github.llamaffm;

import io.github.llamaffm.internal.HostMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a model and its context may take: what is there, what the options allow, and what they want left free.
 *
 * @param host what this process can still take
 * @param maxHost of {@link ModelOptions#maxHostMemory()}
 * @param maxDevice of {@link ModelOptions#maxDeviceMemory()}
 * @param reserve of {@link ModelOptions#memoryReserve()}
 * @param loaded whether the weights are in memory already, so that what they take is not available any more
 * @param locked whether mapped weights are locked: until then the system counts their pages as free
 */
record MemoryLimits(
        HostMemory host, OptionalLong maxHost, OptionalLong maxDevice, long reserve, boolean loaded, boolean locked) {

    /** Of the host, for what is in no buffer: the vocabulary, the table of the cells, graphs, stacks of threads. */
    private static final long BESIDE = 64L << 20;

    /** As things are now. */
    static MemoryLimits now(ModelOptions options, boolean loaded) {
        return new MemoryLimits(HostMemory.now(), options.maxHostMemory(), options.maxDeviceMemory(), options.memoryReserve(),
                loaded, options.loadMode() == LoadMode.MAP_LOCKED);
    }

    /** @param largest context that fits, where that was asked */
    MemoryPlan plan(MemoryUse use, OptionalInt largest) {
        List<MemoryPlan.Part> parts = new ArrayList<>();
        for (MemoryUse.Part part : use.parts()) {
            parts.add(part(part, parts.isEmpty()));
        }
        return new MemoryPlan(parts, use.contextSize(), largest);
    }

    private MemoryPlan.Part part(MemoryUse.Part use, boolean isHost) {
        long available = isHost ? ofHost(use.weights(), use.mapped(), use.device().memoryFree()) : ofDevice(use);
        return new MemoryPlan.Part(isHost ? Optional.empty() : Optional.of(use.device()),
                use.weights(), use.mapped(), use.kvCache(), use.compute(), available);
    }

    /**
     * Whether a context fits that is all on the host.
     *
     * @param weights of the model, all of them, in bytes
     * @param mapped of the weights
     * @param context what the context takes at most, in bytes
     */
    boolean surelyFit(long weights, long mapped, long context) {
        return host.physical().isPresent() && weights + context <= ofHost(weights, mapped, 0);
    }

    /**
     * Of the host's memory, for weights that are read into it; what the system itself refuses does not count. The largest number
     * where the system does not tell.
     */
    static long forWeights(HostMemory host) {
        return host.physical().isEmpty() ? Long.MAX_VALUE : Math.max(0, host.physical().getAsLong() - host.heap() - BESIDE);
    }

    private long ofHost(long weights, long mapped, long machineFree) {
        long droppable = loaded && !locked ? mapped : 0;
        long taken = loaded ? weights - droppable : 0;
        long free = Math.max(0, host.available(machineFree, droppable) - BESIDE) + taken;
        return Math.max(0, Math.min(free, maxHost.orElse(Long.MAX_VALUE)) - reserve);
    }

    private long ofDevice(MemoryUse.Part use) {
        Device device = use.device();
        // A device that does not tell is not judged.
        long free = device.memoryTotal() == 0 ? Long.MAX_VALUE : device.memoryFree() + (loaded ? use.weights() : 0);
        return Math.max(0, Math.min(free, maxDevice.orElse(Long.MAX_VALUE)) - reserve);
    }
}
