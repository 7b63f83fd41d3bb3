package io.github.llamaffm;

/** How a model is spread over several devices. The order is that of {@code enum llama_split_mode}. */
public enum SplitMode {
    /** All of it on one device: {@link ModelOptions#mainGpu()}. */
    NONE,
    /** Whole layers, and their part of the KV cache, on each device. */
    LAYER,
    /** Rows of each weight on each device, where its backend can do that. */
    ROW,
    /** Every layer on all devices at once, for architectures that llama.cpp can split so. */
    TENSOR
}
