package io.github.llamaffm;

/** How a number of the KV cache is stored. The quantised ones hold 32 numbers to a block; as value type they need flash attention. */
public enum KvType {
    /** 32 bits. */
    F32,
    /** 16 bits: the default. */
    F16,
    /** 16 bits with the range of 32. */
    BF16,
    /** 8.5 bits. */
    Q8_0,
    /** 6 bits. */
    Q5_1,
    /** 5.5 bits. */
    Q5_0,
    /** 5 bits. */
    Q4_1,
    /** 4.5 bits. */
    Q4_0,
    /** 4.5 bits, on a curve. */
    IQ4_NL
}
