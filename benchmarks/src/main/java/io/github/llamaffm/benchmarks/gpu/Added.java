package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Context;
import io.github.llamaffm.Device;
import io.github.llamaffm.GpuRequiredException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Placement;
import java.util.List;
import java.util.stream.Collectors;

/** The program of somebody who names no device. Adding the module is the only difference between two runs of it. */
final class Added {

    private static final ModelOptions REQUIRED = ModelOptions.builder().requireGpu().build();

    private Added() {}

    static void without(Setup setup, Findings findings) {
        List<Device> devices = setup.devices();
        findings.judge(devices.stream().allMatch(device -> device.type() == Device.Type.CPU), "only the CPU is a device", "%s", names(devices));
        try (Model model = Model.load(setup.model())) {
            findings.judge(model.placement().stream().allMatch(place -> place.device().type() == Device.Type.CPU),
                    "all layers lie on it", "%s", show(model.placement()));
        }
        try (Model model = Model.load(setup.model(), REQUIRED)) {
            findings.judge(false, "requireGpu is refused", "%s", show(model.placement()));
        } catch (GpuRequiredException e) {
            findings.judge(true, "requireGpu is refused", "%s", e.getMessage());
        }
    }

    static void with(Setup setup, Findings findings) {
        List<Device> devices = setup.devices();
        findings.judge(devices.stream().anyMatch(device -> device.name().equals(setup.device())), setup.device() + " is a device", "%s; %s",
                names(devices), warnings());
        Device gpu = setup.gpu();
        findings.judge(gpu.type() == Device.Type.GPU && gpu.memoryTotal() > 0, "what it tells of itself",
                "%s, %s, %s, id %s, %s of %s free", gpu.description(), gpu.type(), gpu.backend(), setup.ownMemory() ? gpu.id() : "-",
                mebibytes(gpu.memoryFree()), mebibytes(gpu.memoryTotal()));
        try (Model model = Model.load(setup.model()); Context context = model.newContext()) {
            List<Placement> placement = model.placement();
            int layers = placement.stream().filter(place -> place.device().name().equals(setup.device())).mapToInt(Placement::layers).sum();
            findings.judge(layers == model.info().layerCount(), "all layers lie on it, without an option", "%s", show(placement));
            findings.judge(Computed.greedy(context, 16).length == 16, "it generates", "16 tokens");
        }
        try (Model model = Model.load(setup.model(), REQUIRED)) {
            findings.judge(true, "requireGpu is content", "%s", show(model.placement()));
        }
        findings.show("versions", "%s", LlamaRuntime.instance().report().versions());
        // For the log.
        System.out.println(LlamaRuntime.instance().report());
    }

    private static String warnings() {
        List<String> warnings = LlamaRuntime.instance().report().warnings();
        return warnings.isEmpty() ? "no warnings" : "warnings: " + warnings;
    }

    private static String names(List<Device> devices) {
        return devices.stream().map(Device::name).collect(Collectors.joining(", "));
    }

    static String show(List<Placement> placement) {
        return placement.stream().map(place -> "%s: %d layers, %s".formatted(place.device().name(), place.layers(), mebibytes(place.bytes())))
                .collect(Collectors.joining("; "));
    }
}
