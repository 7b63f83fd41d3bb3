package io.github.llamaffm;

import java.util.List;

/** What {@link ModelOptions#requireGpu()} demands. */
final class GpuRequirement {

    private GpuRequirement() {}

    /** Before anything is read: nothing can be on a GPU where there is none. */
    static void requireDevice(ModelOptions options, NativeRuntime runtime) {
        if (options.requireGpu().isPresent()) {
            String reason = runtime.report().whyNoGpu();
            if (!reason.isEmpty()) {
                throw new GpuRequiredException(demand(options) + ", and there is no GPU that can be used: " + reason);
            }
        }
    }

    /** @param choice why it is as it is; empty: the options say so */
    static void requireLayers(ModelOptions options, List<Placement> placement, String choice) {
        if (options.requireGpu().isEmpty()) {
            return;
        }
        int all = placement.stream().mapToInt(Placement::layers).sum();
        int onGpus = placement.stream().filter(place -> isOther(place.device())).mapToInt(Placement::layers).sum();
        if (onGpus == 0 || onGpus < Math.min(all, options.requireGpu().getAsInt())) {
            String reason = choice.isEmpty()
                    ? "the options put %d of %d there; see gpuLayers, devices and tensorPlacements".formatted(onGpus, all)
                    : choice;
            throw new GpuRequiredException(demand(options) + ": " + reason);
        }
    }

    private static String demand(ModelOptions options) {
        int layers = options.requireGpu().getAsInt();
        return layers == Integer.MAX_VALUE ? "requireGpu() asks for all layers on GPUs"
                : "requireGpu(%d) asks for so many layers on GPUs".formatted(layers);
    }

    private static boolean isOther(Device device) {
        return device.isGpu() || device.type() == Device.Type.META;
    }
}
