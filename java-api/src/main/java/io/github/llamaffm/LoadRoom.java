package io.github.llamaffm;

import io.github.llamaffm.internal.HostMemory;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses weights that would not fit into the host's memory, before they are read. In a container nothing else refuses: the
 * system hands out memory that it does not have, and ends the process when it is written to.
 */
final class LoadRoom {

    private static final Logger LOGGER = LoggerFactory.getLogger(Model.class);

    private final ModelLoader loader;
    private final ModelOptions options;
    private final ModelFiles files;

    LoadRoom(ModelLoader loader, ModelOptions options, ModelFiles files) {
        this.loader = loader;
        this.options = options;
        this.files = files;
    }

    /**
     * Costs hardly anything where the files are much smaller than what is there, else reading the metadata once more.
     *
     * @param request that loads the weights
     * @throws InsufficientMemoryException if they do not fit
     */
    void require(MemorySegment request, Arena arena) {
        HostMemory host = HostMemory.now();
        long available = MemoryLimits.forWeights(host);
        // Rearranged for a processor, weights are somewhat larger than in the file.
        if (options.vocabularyOnly() || files.bytes() + files.bytes() / 4 <= available) {
            return;
        }
        long needed = loader.withoutWeights(request, arena, (model, load) -> needed(model, load));
        if (needed > available) {
            throw InsufficientMemoryException.ofWeights(files.name(), needed, available, host.heap());
        }
        // What llama.cpp warns of, it warns of again in the load itself.
        NativeLog.drainExpected();
    }

    /** Of the host; pages of the file that the system can drop do not count. */
    private long needed(MemorySegment model, MemorySegment request) {
        try {
            MemoryUse.Part host = new MemoryMeter(model, request, ContextOptions.defaults())
                    .measure(MemoryUse.STEP).parts().getFirst();
            return options.loadMode() == LoadMode.MAP_LOCKED ? host.weights() : host.weights() - host.mapped();
        } catch (ContextCreationException e) {
            LOGGER.debug("what the weights of {} take cannot be told before", files.name(), e);
            return 0;
        }
    }
}
