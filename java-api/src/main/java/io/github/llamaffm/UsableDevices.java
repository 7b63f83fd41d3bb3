package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keeps models away from devices that a module shows and cannot compute on. llama.cpp takes every GPU where none is named: then those are named
 * that it would take without them.
 */
final class UsableDevices {

    private UsableDevices() {}

    /**
     * Changes nothing where all devices can be used.
     *
     * @throws ModelLoadException if the options name one that cannot
     */
    static ModelOptions only(ModelOptions options) {
        Map<String, String> leftOut = NativeLibrary.report().leftOut();
        if (leftOut.isEmpty() || options.vocabularyOnly()) {
            return options;
        }
        Stream.concat(options.devices().stream(), options.tensorPlacements().stream().map(TensorPlacement::device))
                .filter(device -> leftOut.containsKey(device.name()))
                .findFirst()
                .ifPresent(device -> {
                    throw new ModelLoadException(device.name() + " cannot be used: " + leftOut.get(device.name()), List.of(), null);
                });
        boolean onHost = options.splitMode() == SplitMode.NONE && options.mainGpu() < 0;
        if (onHost || !options.devices().isEmpty()) {
            return options;
        }
        List<Device> chosen = asLlamaCpp(NativeRuntime.instance().devices());
        return chosen.isEmpty() ? options.onHost() : options.on(chosen, options.tensorSplit(), options.gpuLayers());
    }

    /** In its order: RPC servers, GPUs, each card once; integrated ones of one backend where there is no other of this machine. */
    static List<Device> asLlamaCpp(List<Device> devices) {
        List<Device> servers = new ArrayList<>();
        List<Device> gpus = new ArrayList<>();
        List<Device> integrated = new ArrayList<>();
        for (Device device : devices) {
            if (device.backend().equals(RpcServers.BACKEND)) {
                servers.add(device);
            } else if (device.type() == Device.Type.GPU && gpus.stream().noneMatch(gpu -> isSame(gpu, device))) {
                gpus.add(device);
            } else if (device.type() == Device.Type.INTEGRATED_GPU
                    && integrated.stream().allMatch(first -> first.backend().equals(device.backend()))) {
                integrated.add(device);
            }
        }
        servers.addAll(gpus.isEmpty() ? integrated : gpus);
        return List.copyOf(servers);
    }

    private static boolean isSame(Device one, Device other) {
        return !one.id().isEmpty() && one.id().equals(other.id());
    }
}
