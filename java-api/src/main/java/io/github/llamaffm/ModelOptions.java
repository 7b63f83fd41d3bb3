package io.github.llamaffm;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;

/**
 * How a model is loaded. Made by {@link #builder()}.
 *
 * @param gpuLayers layers to keep on GPUs, from 0; empty: all that there are
 * @param vocabularyOnly loads the tokenizer and the metadata, no weights; such a model has no contexts
 * @param checkTensors looks at every weight for values that no model has
 * @param maxHostMemory bytes of host memory that a plan may use, at least 0; empty: all that is available
 * @param maxDeviceMemory bytes of each device that a plan may use, at least 0; empty: all that is free
 * @param memoryReserve bytes that a plan leaves free on each device and on the host
 * @param progress gets the fraction that is loaded, from 0 to 1, on the thread that loads; must be quick. What it throws
 *     cancels the load and comes out of it
 * @param cancellation ends the load with {@link CancelledException}
 */
public record ModelOptions(
        OptionalInt gpuLayers,
        boolean vocabularyOnly,
        boolean checkTensors,
        OptionalLong maxHostMemory,
        OptionalLong maxDeviceMemory,
        long memoryReserve,
        Optional<DoubleConsumer> progress,
        Optional<Cancellation> cancellation) {

    private static final ModelOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public ModelOptions {
        gpuLayers.ifPresent(layers -> Check.range("gpuLayers", layers, 0, Integer.MAX_VALUE));
        maxHostMemory.ifPresent(bytes -> Check.range("maxHostMemory", bytes, 0, Long.MAX_VALUE));
        maxDeviceMemory.ifPresent(bytes -> Check.range("maxDeviceMemory", bytes, 0, Long.MAX_VALUE));
        Check.range("memoryReserve", memoryReserve, 0, Long.MAX_VALUE);
    }

    /** All weights, on GPUs where there are any. */
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
        private boolean vocabularyOnly;
        private boolean checkTensors;
        private OptionalLong maxHostMemory = OptionalLong.empty();
        private OptionalLong maxDeviceMemory = OptionalLong.empty();
        private long memoryReserve;
        private Optional<DoubleConsumer> progress = Optional.empty();
        private Optional<Cancellation> cancellation = Optional.empty();

        private Builder() {}

        /** Layers to keep on GPUs, from 0. Default: all. */
        public Builder gpuLayers(int layers) {
            gpuLayers = OptionalInt.of(layers);
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
            return new ModelOptions(gpuLayers, vocabularyOnly, checkTensors, maxHostMemory, maxDeviceMemory, memoryReserve,
                    progress, cancellation);
        }
    }
}
