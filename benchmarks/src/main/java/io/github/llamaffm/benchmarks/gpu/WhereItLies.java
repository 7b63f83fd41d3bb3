package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Placement;
import java.util.List;

/** Bytes on each device: as planned, as the buffers say, and as the device's free memory says. */
final class WhereItLies {

    /** Of memory that a driver gives in pieces. */
    private static final long PIECES = 32 << 20;

    private WhereItLies() {}

    static void run(Setup setup, Findings findings) {
        Device gpu = setup.gpu();
        ModelOptions options = setup.onGpu();
        ContextOptions contextOptions = ContextOptions.builder().trainedContextSize().build();
        // What a device keeps for the whole process from its first use on is not the model's.
        try (Model model = Model.load(setup.model(), options); Context context = model.newContext()) {
            context.warmUp();
        }
        MemoryPlan plan = MemoryPlan.of(ModelSource.path(setup.model()), options, contextOptions);
        MemoryPlan.Part planned = plan.parts().stream().filter(part -> part.device().isPresent()).findFirst().orElseThrow();
        long before = setup.gpu().memoryFree();
        try (Model model = Model.load(setup.model(), options)) {
            long loaded = setup.gpu().memoryFree();
            List<Placement> placement = model.placement();
            long bytes = placement.stream().filter(place -> place.device().name().equals(gpu.name())).mapToLong(Placement::bytes).sum();
            long onHost = placement.stream().filter(place -> place.device().type() == Device.Type.CPU).mapToLong(Placement::bytes).sum();
            findings.judge(bytes > 0 && bytes == planned.weights(), "weights on the device: buffers and plan", "%,d and %,d bytes", bytes,
                    planned.weights());
            findings.judge(onHost == plan.parts().getFirst().weights(), "weights on the host: buffers and plan", "%,d and %,d bytes", onHost,
                    plan.parts().getFirst().weights());
            free(setup, findings, "free memory after the load", before - loaded, planned.weights());
            try (Context context = model.newContext(contextOptions)) {
                free(setup, findings, "free memory after a context of " + context.size() + " tokens", loaded - setup.gpu().memoryFree(),
                        planned.kvCache() + planned.compute());
                findings.judge(context.kvCache().bytes() == plan.parts().stream().mapToLong(MemoryPlan.Part::kvCache).sum(),
                        "KV cache: buffers and plan", "%s and %s", mebibytes(context.kvCache().bytes()), mebibytes(planned.kvCache()));
                Computed.greedy(context, 16);
                findings.show("further memory that computing took", "%s", mebibytes(loaded - setup.gpu().memoryFree()
                        - planned.kvCache() - planned.compute()));
            }
        }
        partly(setup, findings);
    }

    private static void free(Setup setup, Findings findings, String what, long less, long planned) {
        String figures = "%s less, planned are %s".formatted(mebibytes(less), mebibytes(planned));
        if (setup.ownMemory()) {
            findings.judge(Math.abs(less - planned) <= PIECES + planned / 50, what, "%s", figures);
        } else {
            findings.notJudged(what, "%s; this device shares its memory", figures);
        }
    }

    /** llama.cpp counts the output layer as one more, and takes from the end. */
    private static void partly(Setup setup, Findings findings) {
        float[][] whole;
        int layers;
        try (Model model = Model.load(setup.exact(), setup.onGpu())) {
            layers = model.info().layerCount();
            whole = Computed.rows(model);
        }
        int half = layers / 2;
        try (Model model = Model.load(setup.exact(), ModelOptions.builder().devices(setup.gpu()).gpuLayers(half + 1).build())) {
            List<Placement> placement = model.placement();
            int there = placement.stream().filter(place -> place.device().name().equals(setup.device())).mapToInt(Placement::layers).sum();
            int here = placement.stream().filter(place -> place.device().type() == Device.Type.CPU).mapToInt(Placement::layers).sum();
            findings.judge(there == half && here == layers - half, "half of the layers: gpuLayers(" + (half + 1) + ")", "%s",
                    Added.show(placement));
            double cosine = Computed.cosine(whole, Computed.rows(model));
            findings.judge(cosine > Conformance.COSINE, "its logits beside those of all layers there", "least cosine %.6f", cosine);
        }
    }
}
