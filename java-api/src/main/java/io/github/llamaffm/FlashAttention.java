package io.github.llamaffm;

/** When a context computes attention without writing the matrix of scores to memory. */
public enum FlashAttention {
    /** Where llama.cpp finds that the device can. */
    AUTO,
    /** Always; creating the context fails where the device cannot. */
    ON,
    /** Never. */
    OFF
}
