package io.github.llamaffm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model and one context will take on each device, and whether they fit. A value.
 *
 * <p>The sizes are those of the buffers that llama.cpp will allocate. Beside them a process takes memory for the vocabulary,
 * the table of the cells, the graphs and the threads: some tens of MiB, for which 64 MiB of the host are left.
 *
 * @param parts the host first, then each device that the model uses
 * @param contextSize in tokens, as {@link Context#size()} will tell it. Where the options leave it open, it is what fits, or
 *     what would be taken if it did
 * @param largestContext the largest context size that fits, but no more than the trained length for each sequence, or what the
 *     options ask for; empty: none does
 */
public record MemoryPlan(List<Part> parts, int contextSize, OptionalInt largestContext) {

    /**
     * On one device, in bytes.
     *
     * @param device empty: the host
     * @param weights of the model, mapped ones included
     * @param mappedWeights of the weights, those that are mapped from the file: the system can drop and read them again, at a
     *     great cost in time
     * @param kvCache cells of the cache, and states of recurrent layers
     * @param compute of graphs, and for the outputs of a batch
     * @param available what may be taken: the free memory, capped and reduced as {@link ModelOptions} say; for the host the
     *     least of the machine's and the container's, less what the Java heap may still take, less 64 MiB for the rest
     */
    public record Part(
            Optional<Device> device, long weights, long mappedWeights, long kvCache, long compute, long available) {

        /** Weights, cache and compute buffers together, in bytes. */
        public long total() {
            return weights + kvCache + compute;
        }

        /** Bytes that are missing; negative: that are left. */
        long excess() {
            return total() - available;
        }
    }

    /** Copies the list. */
    public MemoryPlan {
        parts = List.copyOf(parts);
    }

    /**
     * Makes the plan from the metadata of the model: no weight is read, and no more memory is taken than that needs. Any
     * thread, any number of them. The same options are used that {@link Model#load(ModelSource, ModelOptions)} and
     * {@link Model#newContext(ContextOptions)} use. Where they leave the devices open, the plan is for those that {@link Model#load(ModelSource,
     * ModelOptions)} would choose now.
     *
     * @throws ModelLoadException if the model cannot be read
     * @throws GpuRequiredException if fewer layers would lie on GPUs than {@link ModelOptions#requireGpu()} asks for
     * @throws ContextCreationException if llama.cpp refuses such a context
     * @throws IllegalArgumentException if the options ask for a vocabulary only, or for {@link SplitMode#TENSOR}, whose weights
     *     llama.cpp lays out as it loads them, or for what {@link Model#newContext(ContextOptions)} refuses
     * @throws RankingException if the options ask for {@link Pooling#RANK}, and the model has no rank head
     */
    public static MemoryPlan of(ModelSource source, ModelOptions model, ContextOptions context) {
        if (model.vocabularyOnly()) {
            throw new IllegalArgumentException("a model loaded with vocabularyOnly has no weights and no context to plan for");
        }
        if (model.splitMode() == SplitMode.TENSOR) {
            throw new IllegalArgumentException("SplitMode.TENSOR cannot be planned: llama.cpp lays out the weights as it loads them; "
                    + "load the model and see Model.placement()");
        }
        return ModelLoader.withoutWeights(source, model, (pointer, load) -> {
            ContextCreation.requirePossible(pointer, ModelTraits.read(pointer), context);
            return new MemoryPlanner(new MemoryMeter(pointer, load, context), MemoryLimits.now(model, false), context).plan();
        });
    }

    /** Whether everything fits what is available. */
    public boolean fits() {
        return excess() <= 0;
    }

    /** The bytes that are missing where most are; negative: that are left where least are. */
    long excess() {
        return Math.max(tightest().excess(), sharedExcess());
    }

    /** Where most bytes are missing. */
    Part tightest() {
        Part tightest = parts.getFirst();
        for (Part part : parts) {
            tightest = part.excess() > tightest.excess() ? part : tightest;
        }
        return tightest;
    }

    /** Whether what integrated GPUs take leaves enough for the host. */
    boolean integratedFit() {
        return parts.stream().noneMatch(MemoryPlan::isIntegrated) || sharedExcess() <= 0;
    }

    private static boolean isIntegrated(Part part) {
        return part.device.isPresent() && part.device.get().type() == Device.Type.INTEGRATED_GPU;
    }

    /** An integrated GPU has no memory of its own: it takes the host's. */
    private long sharedExcess() {
        long excess = parts.getFirst().excess();
        for (Part part : parts) {
            if (isIntegrated(part)) {
                excess += part.total();
            }
        }
        return excess;
    }
}
