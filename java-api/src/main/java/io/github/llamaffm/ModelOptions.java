package io.github.llamaffm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;

/**
 * How a model is loaded. Made by {@link #builder()}.
 *
 * @param gpuLayers layers to keep on GPUs, from 0, the output layer counted as one; empty: as many as fit, see {@link Model#load(ModelSource,
 *     ModelOptions)}
 * @param requireGpu layers that must lie on GPUs, as {@link Placement#layers()} counts them, at least 1; more than the model has: all;
 *     empty: none must. Fewer fail the load with {@link GpuRequiredException}
 * @param vocabularyOnly loads the tokenizer and the metadata, no weights; such a model has no contexts
 * @param checkTensors looks at every weight for values that no model has
 * @param devices of {@link LlamaRuntime#devices()}, but not of type {@link Device.Type#CPU}, which always computes what
 *     is left: those to use, in this order; empty: the best GPU that holds the model, else several
 * @param splitMode how the model is spread over several devices
 * @param tensorSplit the share of each device, in their order, at most 16, each at least 0 and not all of them 0; empty:
 *     by free memory, or as the choice of devices says
 * @param mainGpu the index of the device to use with {@link SplitMode#NONE}, of those to use; -1: none
 * @param loadMode how the weights come into memory
 * @param metadataOverrides what to take for a key instead of what the file says. {@link ModelInfo#metadata()} still says
 *     what the file says. One that does not fit the type of its key fails the load. A value that makes no sense can fail the
 *     load or make a model that computes nonsense
 * @param tensorPlacements where weights go by their names, to the host or to devices that are used; the first that matches
 *     counts; at most {@value #MAX_PLACEMENTS}
 * @param expertsOnCpu keeps the weights of the experts in the host's memory, after what tensorPlacements say
 * @param repack rearranges weights of the CPU for its instructions, where that is faster: these are not mapped then
 * @param maxHostMemory bytes of host memory that the model and one context may take, at least 0; empty: all that is available.
 *     This and the two that follow count for {@link MemoryPlan} and for new contexts, not for the load itself
 * @param maxDeviceMemory bytes of each device that the model and one context may take, at least 0; empty: all that is free
 * @param memoryReserve bytes that they leave free on each device and on the host
 * @param progress gets the fraction that is loaded, from 0 to 1, on the thread that loads; must be quick. What it throws
 *     cancels the load and comes out of it
 * @param cancellation ends the load with {@link CancelledException}
 */
public record ModelOptions(
        OptionalInt gpuLayers,
        OptionalInt requireGpu,
        boolean vocabularyOnly,
        boolean checkTensors,
        List<Device> devices,
        SplitMode splitMode,
        List<Float> tensorSplit,
        int mainGpu,
        LoadMode loadMode,
        Map<String, MetadataValue> metadataOverrides,
        List<TensorPlacement> tensorPlacements,
        boolean expertsOnCpu,
        boolean repack,
        OptionalLong maxHostMemory,
        OptionalLong maxDeviceMemory,
        long memoryReserve,
        Optional<DoubleConsumer> progress,
        Optional<Cancellation> cancellation) {

    /** One less for the experts, one less for the end of the list. */
    private static final int MAX_PLACEMENTS = 4094;

    private static final int MAX_DEVICES = 16;

    private static final ModelOptions DEFAULTS = builder().build();

    /** Checks the values, and copies the collections. */
    public ModelOptions {
        devices = List.copyOf(devices);
        tensorSplit = List.copyOf(tensorSplit);
        metadataOverrides = Map.copyOf(metadataOverrides);
        tensorPlacements = List.copyOf(tensorPlacements);
        requireDevices(devices);
        requireShares(tensorSplit, devices);
        Check.range("mainGpu", mainGpu, -1, MAX_DEVICES - 1);
        metadataOverrides.keySet().forEach(key -> MetadataValue.Text.requireFit("a metadata key", key));
        if (metadataOverrides.containsKey("")) {
            throw new IllegalArgumentException("a metadata key is empty");
        }
        Check.range("the number of tensorPlacements", tensorPlacements.size(), 0, MAX_PLACEMENTS);
        requireUsed(tensorPlacements, devices, splitMode, mainGpu);
        gpuLayers.ifPresent(layers -> Check.range("gpuLayers", layers, 0, Integer.MAX_VALUE));
        requireGpu.ifPresent(layers -> Check.range("requireGpu", layers, 1, Integer.MAX_VALUE));
        if (vocabularyOnly && requireGpu.isPresent()) {
            throw new IllegalArgumentException("requireGpu with vocabularyOnly: no layer is loaded then");
        }
        maxHostMemory.ifPresent(bytes -> Check.range("maxHostMemory", bytes, 0, Long.MAX_VALUE));
        maxDeviceMemory.ifPresent(bytes -> Check.range("maxDeviceMemory", bytes, 0, Long.MAX_VALUE));
        Check.range("memoryReserve", memoryReserve, 0, Long.MAX_VALUE);
    }

    private static void requireDevices(List<Device> devices) {
        Check.range("the number of devices", devices.size(), 0, MAX_DEVICES);
        List<String> names = devices.stream().map(Device::name).toList();
        for (Device device : devices) {
            if (device.type() == Device.Type.CPU) {
                throw new IllegalArgumentException("the device " + device.name()
                        + " always computes what no other does: leave it out, and set gpuLayers(0) to use nothing else");
            }
            if (names.indexOf(device.name()) != names.lastIndexOf(device.name())) {
                throw new IllegalArgumentException("the device " + device.name() + " is named twice");
            }
        }
    }

    /** llama.cpp aborts where it has to compute with weights on a device that it does not use. */
    private static void requireUsed(
            List<TensorPlacement> placements, List<Device> devices, SplitMode splitMode, int mainGpu) {
        if (devices.isEmpty()) {
            return;
        }
        List<String> used = devices.stream().map(Device::name).toList();
        if (splitMode == SplitMode.NONE) {
            used = mainGpu >= 0 && mainGpu < used.size() ? List.of(used.get(mainGpu)) : List.of();
        }
        for (TensorPlacement placement : placements) {
            if (placement.device().type() != Device.Type.CPU && !used.contains(placement.device().name())) {
                throw new IllegalArgumentException("the weights %s are placed on %s, which is not among the devices to use: %s"
                        .formatted(placement.pattern(), placement.device().name(), used));
            }
        }
    }

    private static void requireShares(List<Float> shares, List<Device> devices) {
        Check.range("the number of tensorSplit", shares.size(), 0, devices.isEmpty() ? MAX_DEVICES : devices.size());
        float sum = 0;
        for (float share : shares) {
            sum += share;
            if (!(share >= 0)) {
                throw new IllegalArgumentException("tensorSplit has the share " + share + "; it must be 0 or more");
            }
        }
        if (!shares.isEmpty() && !(sum > 0 && sum < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the shares of tensorSplit add up to " + sum);
        }
    }

    /** Whether the library chooses what goes where. */
    boolean leavesDevicesOpen() {
        return !vocabularyOnly && gpuLayers.isEmpty() && devices.isEmpty() && tensorSplit.isEmpty() && splitMode == SplitMode.LAYER
                && tensorPlacements.stream().allMatch(placement -> placement.device().type() == Device.Type.CPU);
    }

    /** These options with devices that were chosen. */
    ModelOptions on(List<Device> chosen, List<Float> shares, OptionalInt layers) {
        return new ModelOptions(layers, requireGpu, vocabularyOnly, checkTensors, chosen, splitMode, shares, mainGpu, loadMode,
                metadataOverrides, tensorPlacements, expertsOnCpu, repack, maxHostMemory, maxDeviceMemory, memoryReserve,
                progress, cancellation);
    }

    /** These options for the host alone. */
    ModelOptions onHost() {
        return new ModelOptions(gpuLayers, requireGpu, vocabularyOnly, checkTensors, List.of(), SplitMode.NONE, List.of(), -1, loadMode,
                metadataOverrides, tensorPlacements, expertsOnCpu, repack, maxHostMemory, maxDeviceMemory, memoryReserve,
                progress, cancellation);
    }

    /** All weights, on GPUs where there are any that hold them. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link ModelOptions}. */
    public static final class Builder {

        private OptionalInt gpuLayers = OptionalInt.empty();
        private OptionalInt requireGpu = OptionalInt.empty();
        private boolean vocabularyOnly;
        private boolean checkTensors;
        private List<Device> devices = List.of();
        private SplitMode splitMode = SplitMode.LAYER;
        private List<Float> tensorSplit = List.of();
        private int mainGpu;
        private LoadMode loadMode = LoadMode.AUTO;
        private final Map<String, MetadataValue> metadataOverrides = new LinkedHashMap<>();
        private final List<TensorPlacement> tensorPlacements = new ArrayList<>();
        private boolean expertsOnCpu;
        private boolean repack = true;
        private OptionalLong maxHostMemory = OptionalLong.empty();
        private OptionalLong maxDeviceMemory = OptionalLong.empty();
        private long memoryReserve;
        private Optional<DoubleConsumer> progress = Optional.empty();
        private Optional<Cancellation> cancellation = Optional.empty();

        private Builder() {}

        /** Layers to keep on GPUs, from 0, taken as it is. Default: as many as fit. */
        public Builder gpuLayers(int layers) {
            gpuLayers = OptionalInt.of(layers);
            return this;
        }

        /** All layers must lie on GPUs. Default: none must. */
        public Builder requireGpu() {
            return requireGpu(Integer.MAX_VALUE);
        }

        /** At least so many layers must lie on GPUs. Default: none must. */
        public Builder requireGpu(int layers) {
            requireGpu = OptionalInt.of(layers);
            return this;
        }

        /** Loads the tokenizer and the metadata, no weights. Default: false. */
        public Builder vocabularyOnly(boolean value) {
            vocabularyOnly = value;
            return this;
        }

        /** Looks at every weight for values that no model has. Default: false. */
        public Builder checkTensors(boolean value) {
            checkTensors = value;
            return this;
        }

        /** The devices to use, in this order. Default: the best GPU that holds the model, else several. */
        public Builder devices(List<Device> list) {
            devices = list;
            return this;
        }

        /** The devices to use, in this order. Default: the best GPU that holds the model, else several. */
        public Builder devices(Device... list) {
            return devices(List.of(list));
        }

        /** How the model is spread over several devices. Default: {@link SplitMode#LAYER}. */
        public Builder splitMode(SplitMode mode) {
            splitMode = mode;
            return this;
        }

        /** The share of each device. Default: by free memory. */
        public Builder tensorSplit(float... shares) {
            List<Float> list = new ArrayList<>();
            for (float share : shares) {
                list.add(share);
            }
            tensorSplit = list;
            return this;
        }

        /** The index of the device to use with {@link SplitMode#NONE}; -1: none. Default: 0. */
        public Builder mainGpu(int index) {
            mainGpu = index;
            return this;
        }

        /** How the weights come into memory. Default: {@link LoadMode#AUTO}. */
        public Builder loadMode(LoadMode mode) {
            loadMode = mode;
            return this;
        }

        /** What to take for a key instead of what the file says; one more with each call. Default: none. */
        public Builder metadataOverride(String key, MetadataValue value) {
            metadataOverrides.put(key, value);
            return this;
        }

        /** What to take for these keys instead of what the file says, and for no others. Default: none. */
        public Builder metadataOverrides(Map<String, MetadataValue> values) {
            metadataOverrides.clear();
            metadataOverrides.putAll(values);
            return this;
        }

        /** Where weights go whose names match; one more with each call, and the first that matches counts. Default: none. */
        public Builder tensorPlacement(String pattern, Device device) {
            tensorPlacements.add(new TensorPlacement(pattern, device));
            return this;
        }

        /** Where weights go by their names, and nothing else. Default: none. */
        public Builder tensorPlacements(List<TensorPlacement> list) {
            tensorPlacements.clear();
            tensorPlacements.addAll(list);
            return this;
        }

        /** Keeps the weights of the experts in the host's memory. Default: false. */
        public Builder expertsOnCpu(boolean value) {
            expertsOnCpu = value;
            return this;
        }

        /** Rearranges weights of the CPU where that is faster. Default: true. */
        public Builder repack(boolean value) {
            repack = value;
            return this;
        }

        /** Bytes of host memory that a plan may use. Default: all that is available. */
        public Builder maxHostMemory(long bytes) {
            maxHostMemory = OptionalLong.of(bytes);
            return this;
        }

        /** Bytes of each device that a plan may use. Default: all that is free. */
        public Builder maxDeviceMemory(long bytes) {
            maxDeviceMemory = OptionalLong.of(bytes);
            return this;
        }

        /** Bytes that a plan leaves free on each device and on the host. Default: 0. */
        public Builder memoryReserve(long bytes) {
            memoryReserve = bytes;
            return this;
        }

        /** Gets the fraction that is loaded, from 0 to 1, on the thread that loads. Default: none. */
        public Builder progress(DoubleConsumer listener) {
            progress = Optional.of(listener);
            return this;
        }

        /** A token that ends the load. Default: none. */
        public Builder cancellation(Cancellation token) {
            cancellation = Optional.of(token);
            return this;
        }

        /** The options. */
        public ModelOptions build() {
            return new ModelOptions(gpuLayers, requireGpu, vocabularyOnly, checkTensors, devices, splitMode, tensorSplit, mainGpu, loadMode,
                    metadataOverrides, tensorPlacements, expertsOnCpu, repack, maxHostMemory, maxDeviceMemory, memoryReserve,
                    progress, cancellation);
        }
    }
}
