package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What computes, in llama-bench's words. */
record Machine(String cpus, String gpus, String backends, String build) {

    static Machine of(LlamaRuntime runtime) {
        List<Device> devices = runtime.devices();
        String backends = devices.stream()
                .map(Device::backend)
                .filter(name -> !name.equals("CPU"))
                .map(name -> name.startsWith("RPC") ? "RPC" : name)
                .distinct()
                .collect(Collectors.joining(","));
        return new Machine(
                descriptions(devices, EnumSet.of(Device.Type.CPU, Device.Type.ACCELERATOR)),
                descriptions(devices, EnumSet.of(Device.Type.GPU, Device.Type.INTEGRATED_GPU)),
                backends.isEmpty() ? "CPU" : backends,
                "v" + runtime.llamaCppVersion());
    }

    private static String descriptions(List<Device> devices, Set<Device.Type> types) {
        return devices.stream().filter(device -> types.contains(device.type())).map(Device::description)
                .collect(Collectors.joining(", "));
    }

    /** Whether a decode may return before it is computed. */
    boolean computesElsewhere() {
        return !backends.equals("CPU");
    }

    /** Whether the table names threads, not layers on a GPU. */
    boolean isCpu() {
        return backends.contains("CPU") || backends.contains("BLAS") || backends.contains("ZenDNN");
    }
}
