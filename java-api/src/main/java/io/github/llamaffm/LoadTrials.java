package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_model_request;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides where a model goes, before its weights are read: it is loaded without them, as often as that takes. */
final class LoadTrials {

    private static final Logger LOGGER = LoggerFactory.getLogger(Model.class);

    private final ModelLoader loader;
    private final ModelOptions options;
    private final ModelRequest modelRequest;
    private final CancelFlag flag;

    LoadTrials(ModelLoader loader, ModelOptions options, ModelRequest modelRequest, CancelFlag flag) {
        this.loader = loader;
        this.options = options;
        this.modelRequest = modelRequest;
        this.flag = flag;
    }

    /**
     * Nothing is tried where there is no GPU, or where the options say what goes there and nothing is required.
     *
     * @throws GpuRequiredException if fewer layers would lie on GPUs than are required
     */
    GpuChoice choose(NativeRuntime runtime) {
        GpuChoice asTold = new GpuChoice(options, "");
        boolean open = options.leavesDevicesOpen();
        boolean checked = options.requireGpu().isPresent() && options.splitMode() != SplitMode.TENSOR;
        if (!open && !checked || NativeLibrary.deviceCount() == 1 || runtime.devices().stream().noneMatch(Device::isGpu)) {
            return asTold;
        }
        GpuChoice choice = open ? choose() : asTold;
        if (checked) {
            List<Placement> placement = load(choice.options(), (model, _) -> NativePlacement.of(model));
            GpuRequirement.requireLayers(options, placement, choice.shortfall());
        }
        return choice;
    }

    private GpuChoice choose() {
        try {
            return GpuChoice.of(options, this::plan);
        } catch (ContextCreationException e) {
            LOGGER.debug("no default context to plan with: the weights alone decide where they go", e);
            return GpuChoice.of(options, this::weights);
        }
    }

    private GpuChoice.Trial plan(ModelOptions chosen) {
        ContextOptions context = ContextOptions.defaults();
        return load(chosen, (model, request) -> new GpuChoice.Trial(
                new MemoryPlanner(new MemoryMeter(model, request, context), MemoryLimits.now(chosen, false), context).planAsWanted(),
                LlamaFfm.llama_model_n_layer(model), NativePlacement.of(model)));
    }

    /** Such as of a draft model, whose contexts need that of another model. */
    private GpuChoice.Trial weights(ModelOptions chosen) {
        return load(chosen, (model, _) -> {
            List<Placement> placement = NativePlacement.of(model);
            MemoryUse use = new MemoryUse(0, 1, parts(placement, chosen));
            return new GpuChoice.Trial(MemoryLimits.now(chosen, false).plan(use, OptionalInt.empty()), LlamaFfm.llama_model_n_layer(model), placement);
        });
    }

    /** The host, then each device, also one that is left without weights. */
    private static List<MemoryUse.Part> parts(List<Placement> placement, ModelOptions chosen) {
        List<MemoryUse.Part> parts = new ArrayList<>();
        placement.forEach(place -> parts.add(new MemoryUse.Part(place.device(), place.bytes(), 0, 0, 0)));
        (chosen.devices().isEmpty() ? UsableDevices.asLlamaCpp(NativeRuntime.instance().devices()) : chosen.devices()).stream()
                .filter(device -> placement.stream().noneMatch(place -> place.device().name().equals(device.name())))
                .forEach(device -> parts.add(new MemoryUse.Part(device, 0, 0, 0, 0)));
        return List.copyOf(parts);
    }

    private <T> T load(ModelOptions chosen, ModelLoader.Use<T> use) {
        // llama.cpp asks whether to go on only while it reads weights.
        loader.requireNotCancelled();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = modelRequest.on(chosen).write(arena);
            lf_model_request.cancel(request, flag.struct());
            T result = loader.withoutWeights(request, arena, use);
            // What llama.cpp warns of, it warns of again in the load itself.
            NativeLog.drainExpected();
            return result;
        }
    }
}
