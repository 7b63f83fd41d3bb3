package io.github.llamaffm;

import io.github.llamaffm.internal.HostMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

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

    /** As things are now. */
    static MemoryLimits now(ModelOptions options, boolean loaded) {
        return new MemoryLimits(HostMemory.now(), options.maxHostMemory(), options.maxDeviceMemory(), options.memoryReserve(),
                loaded, options.loadMode() == LoadMode.MAP_LOCKED);
    }

    /** @param largest context that fits, where that was asked */
    MemoryPlan plan(MemoryUse use, OptionalInt largest) {
        List<MemoryPlan.Part> parts = IntStream.range(0, use.parts().size())
                .mapToObj(i -> part(use.parts().get(i), i == 0))
                .toList();
        return new MemoryPlan(parts, use.contextSize(), largest);
    }

    private MemoryPlan.Part part(MemoryUse.Part use, boolean isHost) {
        long available = isHost ? ofHost(use) : ofDevice(use);
        return new MemoryPlan.Part(isHost ? Optional.empty() : Optional.of(use.device()),
                use.weights(), use.mapped(), use.kvCache(), use.compute(), available);
    }

    private long ofHost(MemoryUse.Part use) {
        long mapped = loaded && !locked ? use.mapped() : 0;
        long taken = loaded ? use.weights() - mapped : 0;
        long free = host.available(use.device().memoryFree(), mapped) + taken;
        return Math.max(0, Math.min(free, maxHost.orElse(Long.MAX_VALUE)) - reserve);
    }

    private long ofDevice(MemoryUse.Part use) {
        Device device = use.device();
        // A device that does not tell is not judged.
        long free = device.memoryTotal() == 0 ? Long.MAX_VALUE : device.memoryFree() + (loaded ? use.weights() : 0);
        return Math.max(0, Math.min(free, maxDevice.orElse(Long.MAX_VALUE)) - reserve);
    }
}
