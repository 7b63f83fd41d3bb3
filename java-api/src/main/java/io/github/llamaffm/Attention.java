package io.github.llamaffm;

/** Which tokens a token can see. The values of {@code enum llama_attention_type}. */
public enum Attention {
    /** What the model says of itself. */
    MODEL,
    /** Those before it. */
    CAUSAL,
    /** All of its batch: then a batch must not be longer than one ubatch. */
    NON_CAUSAL
}
